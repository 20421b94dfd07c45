"""Servers that break a rule of create."""
