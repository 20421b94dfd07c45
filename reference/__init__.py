"""The embedded reference implementation: a real server, written from the contract pages alone.

Every rule is one small method, so that a subclass can break exactly one.
"""
