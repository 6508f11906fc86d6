"""Names that the double's process shares with its parent."""

CLIENT = "openmetadata-ingestion"
SERVER_VERSION_PARTS = 3
TOKEN_VARIABLE = "OPEN_METADATA_TOKEN"  # noqa: S105  (the variable's name)
ADMINISTRATORS_VARIABLE = "OPEN_METADATA_ADMINISTRATORS"
