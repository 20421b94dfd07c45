"""What the checks of this contract are written in."""
