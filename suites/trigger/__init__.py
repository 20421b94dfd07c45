"""The checks of the Trigger.dev sessions contract."""
