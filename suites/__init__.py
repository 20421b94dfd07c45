"""The checks, one folder a contract."""
