"""The demos: one per file, on services that they share."""
