"""The model, walks, races and fuzz drivers of this contract."""
