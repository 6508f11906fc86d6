"""The matrix profile job, from a queue message to a report."""
