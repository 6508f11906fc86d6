"""The matrix profile job: from a CSV to a report that a person can read."""
