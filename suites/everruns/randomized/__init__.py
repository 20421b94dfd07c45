"""The model, walks, races and the fuzz driver of this contract."""
