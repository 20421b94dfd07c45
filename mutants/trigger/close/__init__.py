"""Servers that break a rule of close."""
