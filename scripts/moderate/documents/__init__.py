"""The parts of the documents that are made of what the code says."""
