"""One reader of manifests, for lint and for runs."""
