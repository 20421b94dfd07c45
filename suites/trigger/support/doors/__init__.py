"""The ways to ask for an operation: names, shapes, spellings, and arrays of their combinations."""
