"""What the pipelines of the ledger share: DIDs of users, proofs of objects."""
