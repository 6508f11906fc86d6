"""Hera: what runs, and in what order."""
