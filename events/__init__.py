"""What starts the workflows: Argo Events' objects and the relay."""
