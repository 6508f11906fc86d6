"""Upkeep: which of the pinned versions are behind."""
