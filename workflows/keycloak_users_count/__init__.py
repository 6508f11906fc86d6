"""The count of the platform's users."""
