"""index.html: a result for people, in one file that asks nothing of the network."""
