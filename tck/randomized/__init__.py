"""Checks that generate their own requests: seeds, counts and failure traces."""
