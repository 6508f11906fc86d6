"""The development stack: every service, with containers or without them."""
