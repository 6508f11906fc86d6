"""How many users the platform has, the simplest sign of its health."""
