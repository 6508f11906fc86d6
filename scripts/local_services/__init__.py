"""Real services on this machine, without containers, and the one double."""
