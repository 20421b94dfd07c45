"""Exchanges as they are kept: redaction, HAR and curl."""
