"""What the workflows of trust share."""
