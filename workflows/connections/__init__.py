"""The connections check."""
