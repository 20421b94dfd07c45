"""The ledger of sessions that a run made, and how they are closed."""
