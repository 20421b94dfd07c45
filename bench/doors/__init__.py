"""What the sentences of requirements quantify over, and what of it the exchanges of a run show."""
