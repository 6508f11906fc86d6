"""What the pipelines remember: values and claims, in PostgreSQL."""
