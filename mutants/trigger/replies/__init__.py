"""Servers that break a rule on responses."""
