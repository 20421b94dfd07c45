"""What the checks of the group `list` are written in."""
