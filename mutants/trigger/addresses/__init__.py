"""Servers that break a rule on how a session is addressed."""
