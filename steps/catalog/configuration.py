"""The configurations of the framework's workflows, built in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from steps.catalog.source import Source
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.log import REDACTED

SINK = {"type": "metadata-rest", "config": {}}
PROCESSOR = {"type": "orm-profiler", "config": {}}
SECRET_KEYS = frozenset(
    {"password", "awsAccessKeyId", "awsSecretAccessKey", "jwtToken"}
)

Configuration = dict[str, Any]


@dataclass(frozen=True)
class Configurations:
    """The framework's configurations of one item; they hold credentials.

    Attributes:
        metadata: Of the metadata workflow.
        profiler: Of the profiler workflow.
        samples: Of the workflow that stores sample rows.
    """

    metadata: Configuration
    profiler: Configuration
    samples: Configuration


def configurations(
    source: Source,
    name: str,
    server: OpenMetadataSettings,
    *,
    profile_sample: int,
    log_level: str,
    overwrite_descriptions: bool = False,
) -> Configurations:
    """Builds the configurations of an item's workflows.

    Args:
        source: The source.
        name: The item.
        server: The OpenMetadata server.
        profile_sample: How many rows a profile reads; all where 0.
        log_level: How much the framework logs.
        overwrite_descriptions: Whether what the source sends replaces what
            people wrote: descriptions and display names.

    Returns:
        The configurations.
    """
    service = source.service(name)
    connection = source.connection(name)

    def build(
        config: Mapping[str, Any], pipeline: str = "", processor: bool = True
    ) -> Configuration:
        return {
            "source": {
                "type": source.kind,
                "serviceName": service,
                "serviceConnection": {"config": dict(connection.config)},
                "sourceConfig": {"config": {**config, **connection.filters}},
            },
            **({"processor": PROCESSOR} if processor else {}),
            "sink": SINK,
            "workflowConfig": _workflow_config(server, log_level),
            **(
                {"ingestionPipelineFQN": f"{service}.{pipeline}"}
                if pipeline
                else {}
            ),
        }

    return Configurations(
        metadata=build(
            {**METADATA, "overrideMetadata": overwrite_descriptions},
            "metadata",
            processor=False,
        ),
        profiler=build({**PROFILER, **_sample(profile_sample)}, "profiler"),
        samples=build(SAMPLES),
    )


# Tags and stored procedures are left out: the framework writes the names of
# databases and schemas into the text of their queries, unescaped. What is gone
# is marked by the item itself: the framework would mark a file that it cannot
# read, and the server nothing where the run has seen nothing.
METADATA: Configuration = {
    "type": "DatabaseMetadata",
    "markDeletedTables": False,
    "includeTables": True,
    "includeViews": True,
    "includeTags": False,
    "includeStoredProcedures": False,
}
PROFILER: Configuration = {"type": "Profiler", "includeViews": True}
# From its version 2.0 on, the framework's profiler leaves sample rows to
# this workflow; nothing is searched for personal data.
SAMPLES: Configuration = {
    "type": "AutoClassification",
    "includeViews": True,
    "storeSampleData": True,
    "enableAutoClassification": False,
}


def _sample(rows: int) -> Configuration:
    if not rows:
        return {}
    return {
        "profileSampleConfig": {
            "sampleConfigType": "STATIC",
            "config": {"profileSample": rows, "profileSampleType": "ROWS"},
        }
    }


def _workflow_config(
    server: OpenMetadataSettings, log_level: str
) -> Configuration:
    return {
        "loggerLevel": log_level,
        "openMetadataServerConfig": {
            "hostPort": server.api_root,
            "authProvider": "openmetadata",
            "securityConfig": {
                "jwtToken": server.open_metadata_token.get_secret_value()
            },
            # The server has no need of the source's credentials.
            "storeServiceConnection": False,
        },
    }


def masked(configuration: Mapping[str, Any]) -> Configuration:
    """Returns a configuration without its credentials.

    Args:
        configuration: A configuration, or a part of one.

    Returns:
        A copy that may be shown.
    """
    return {
        key: REDACTED
        if key in SECRET_KEYS
        else masked(value)
        if isinstance(value, Mapping)
        else value
        for key, value in configuration.items()
    }


def secrets_in(plan: Configurations) -> list[str]:
    """Lists the credentials that configurations hold.

    Args:
        plan: The configurations of an item.

    Returns:
        The values that must not be seen.
    """
    return sorted(set(_secrets(vars(plan))))


def _secrets(configuration: Mapping[str, Any]) -> Iterator[str]:
    for key, value in configuration.items():
        if key in SECRET_KEYS:
            yield str(value)
        elif isinstance(value, Mapping):
            yield from _secrets(value)
