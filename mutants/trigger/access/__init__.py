"""Servers that break a rule on keys, tokens or environments."""
