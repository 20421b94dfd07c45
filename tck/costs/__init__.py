"""How many requests and sessions checks cost."""
