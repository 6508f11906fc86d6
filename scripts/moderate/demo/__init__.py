"""The demonstration: one chapter per file, on services that they share."""
