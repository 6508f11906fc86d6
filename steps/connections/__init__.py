"""The connections check: which services answer, and what to do if not."""
