"""Kept results over time: digests beside them, what moved when, one page, JSON and OpenMetrics."""
