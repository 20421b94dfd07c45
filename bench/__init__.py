"""Measurements of the kit."""
