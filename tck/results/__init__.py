"""Outcomes, verdict, exit codes and result.json."""
