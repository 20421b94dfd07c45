"""Servers that break a rule on request bodies."""
