"""The double's process; it needs the environment of ``openmetadata``."""
