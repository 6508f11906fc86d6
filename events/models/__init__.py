"""Models of Argo Events' objects: the fields in use, and no others."""
