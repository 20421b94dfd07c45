"""Servers that differ in ways the contract allows; no MUST check may report a failure on them."""
