"""The step contract: what every step may rely on and must keep to."""
