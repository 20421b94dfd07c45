"""Credentials, tokens and environments that a check uses."""
