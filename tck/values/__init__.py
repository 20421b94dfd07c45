"""JSON equality, session rows, RFC 3339 and bounded JSON."""
