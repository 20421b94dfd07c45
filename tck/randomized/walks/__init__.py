"""Generated walks over sessions, compared with a model."""
