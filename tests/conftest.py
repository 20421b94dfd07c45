"""The kit's own tests draw the same values each time, and none is judged by how long it takes."""

from hypothesis import settings

settings.load_profile("ci")
