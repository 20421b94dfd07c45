"""What generated requests need to know of this contract."""
