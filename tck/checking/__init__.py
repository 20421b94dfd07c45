"""What checks are written in: findings, reads, response rules and tokens."""
