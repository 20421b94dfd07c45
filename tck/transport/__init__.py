"""How requests are sent: client, deadline, retry, circuit breaker, rate limit and spending limits."""
