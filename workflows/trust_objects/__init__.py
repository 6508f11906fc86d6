"""A proof for every asset object."""
