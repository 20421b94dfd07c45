"""Servers that break a rule only under load, and others that differ under load as the contract allows.

They are judged by `python -m mutants load`; the ordinary matrix leaves them out.
"""
