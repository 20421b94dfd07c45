"""Mutants of the two channels of a session."""
