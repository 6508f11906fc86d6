"""The matrix profile pipeline: prepare, compute, report."""
