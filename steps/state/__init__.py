"""The pipelines' state: values and claims, in PostgreSQL."""
