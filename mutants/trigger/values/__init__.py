"""Servers that store or show a value wrongly."""
