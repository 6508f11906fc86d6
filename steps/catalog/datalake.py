"""The bucket as a source of the catalog: its prefixes and their files."""

import re
from typing import Any

from steps.catalog.names import datalake_service, entity_name, quoted
from steps.catalog.source import (
    Connection,
    Contents,
    Fingerprints,
    TableName,
)
from steps.clients.object_store import BucketSettings, ObjectStore
from steps.contract.reports import first_of

KIND = "datalake"
DATABASE = "default"
SHOWN_OBJECTS = 5
# The files that the framework reads, by the ends of their names.
FORMATS = (
    "csv",
    "csv.gz",
    "tsv",
    "avro",
    "parquet",
    "pq",
    "pqt",
    "parq",
    "parquet.snappy",
    "json",
    "json.gz",
    "json.zip",
    "jsonl",
    "jsonl.gz",
    "jsonl.zip",
    "mf4",
)
DIGEST_NAME = "[0-9a-f]{32}$"


class DatalakeSource:
    """The platform's bucket, one item for each top-level prefix."""

    kind = KIND
    noun = "prefix"

    def __init__(self, settings: BucketSettings) -> None:
        """Prepares; nothing is sent yet.

        Args:
            settings: Where the bucket is and how to sign in.
        """
        self._settings = settings
        self._bucket = settings.s3_bucket_name
        self._store = ObjectStore(settings)
        self._top_level: list[str] = []

    def names(self) -> list[str]:
        """Lists the top-level prefixes, with their slash.

        Returns:
            The prefixes.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        listing = self._store.top_level(self._bucket)
        self._top_level = listing.keys
        return listing.prefixes

    def origin(self) -> str:
        """Names the bucket, and where it is."""
        return f"the bucket {self._bucket} of {self._settings.s3_endpoint_url}"

    def not_covered(self) -> list[str]:
        """Names the objects beside the prefixes; list these first."""
        if not self._top_level:
            return []
        names = [repr(name) for name in sorted(self._top_level)]
        return [
            (
                f"{len(names):,} objects at the top level of the bucket are "
                "below no prefix and are not covered: "
                f"{first_of(names, SHOWN_OBJECTS)}."
            )
        ]

    def service(self, name: str) -> str:
        """Names a prefix's service."""
        return datalake_service(name)

    def database(self, name: str) -> str:  # noqa: ARG002  (one for each)
        """Names a prefix's database entity."""
        return DATABASE

    def contents(self, name: str) -> Contents:
        """Lists the files below a prefix that the framework can read.

        Args:
            name: The prefix.

        Returns:
            The bucket, and their keys.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        return Contents(
            schemas=frozenset({self._bucket}),
            tables=frozenset(
                TableName(self._bucket, key)
                for key in self._store.keys(self._bucket, name)
                if key.lower().endswith(FORMATS)
            ),
        )

    def fingerprints(self, name: str) -> Fingerprints:
        """Reads what is another text when a file was written anew: its ETag.

        Args:
            name: The prefix.

        Returns:
            The fingerprints of its files.

        Raises:
            ModerateError: The store refused, failed or did not answer.
        """
        return Fingerprints(
            item=self._bucket,
            tables={
                TableName(self._bucket, listed.key): listed.version
                for listed in self._store.objects(self._bucket, name)
                if listed.key.lower().endswith(FORMATS)
            },
        )

    def connection(self, name: str) -> Connection:
        """Describes the connection to a prefix, for the framework.

        Args:
            name: The prefix.

        Returns:
            The connection.
        """
        settings = self._settings
        return Connection(
            {
                "type": "Datalake",
                "configSource": {
                    "securityConfig": {
                        "awsAccessKeyId": (
                            settings.s3_access_key_id.get_secret_value()
                        ),
                        "awsSecretAccessKey": (
                            settings.s3_secret_access_key.get_secret_value()
                        ),
                        "awsRegion": settings.s3_region,
                        "endPointURL": str(settings.s3_endpoint_url),
                    }
                },
                "bucketName": self._bucket,
                "prefix": name,
            },
            filters=self._filters(name),
        )

    def _filters(self, name: str) -> dict[str, Any]:
        """Limits the tables to a prefix, by their fully qualified names.

        A key that is too long for a name is called by its digest.
        """
        schema = re.escape(
            f"{self.service(name)}.{DATABASE}.{quoted(self._bucket)}."
        )
        return {
            "useFqnForFiltering": True,
            "tableFilterPattern": {
                "includes": [
                    f'^{schema}"?{re.escape(entity_name(name))}',
                    f"^{schema}{DIGEST_NAME}",
                ]
            },
        }
