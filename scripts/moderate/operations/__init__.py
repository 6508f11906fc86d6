"""What people who operate an installation do to it."""
