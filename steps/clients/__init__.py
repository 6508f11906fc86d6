"""Clients of the outside world, shared by every feature."""
