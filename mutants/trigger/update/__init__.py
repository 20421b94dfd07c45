"""Servers that break a rule of update."""
