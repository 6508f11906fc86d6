"""The catalog: what the platform stores, described in OpenMetadata."""
