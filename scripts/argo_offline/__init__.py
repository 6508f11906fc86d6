"""Argo Workflows without a cluster: lint and local runs of manifests."""
