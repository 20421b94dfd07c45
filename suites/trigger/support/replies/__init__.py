"""What holds for every response of this contract, and calls that show it."""
