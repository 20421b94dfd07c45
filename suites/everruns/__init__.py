"""The checks of the Everruns "Update session" contract."""
