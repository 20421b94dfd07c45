"""Servers that keep a rule for one way to ask and break it for another."""
