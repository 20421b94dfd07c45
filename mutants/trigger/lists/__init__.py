"""Mutants of the operation that lists sessions."""
