"""Datasets of public Git repositories, as assets of the platform."""
