"""One run: its options, target, preflight, the context of each process, and how it finishes."""
