"""The two channels of a session, as checks speak of them."""
