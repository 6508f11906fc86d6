"""A DID for every user."""
