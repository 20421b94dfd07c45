"""Servers that break one rule each, and servers that differ in a way the contract allows."""
