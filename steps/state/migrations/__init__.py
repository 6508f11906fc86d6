"""The state's schema, one file for each version."""
