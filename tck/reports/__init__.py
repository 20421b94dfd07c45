"""Views of one result: each module makes one, from result.json and exchanges.har alone."""

HTML, CTRF, BADGE, SUMMARY = "index.html", "ctrf.json", "badge.json", "summary.md"
NAMES = (HTML, CTRF, BADGE, SUMMARY)
"""The files that are written beside result.json, and can be made again from it."""
