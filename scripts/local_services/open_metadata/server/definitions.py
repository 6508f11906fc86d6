"""What the server has from the start: how to test a connection."""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from metadata.generated.schema.entity.services.connections.testConnectionDefinition import (  # noqa: E501
    TestConnectionDefinition,
)

from local_services.open_metadata.server.bodies import Json, check_answer
from local_services.open_metadata.server.errors import not_found

SUFFIX = ".testConnectionDefinition"
STEPS: Mapping[str, Sequence[tuple[str, bool]]] = MappingProxyType(
    {
        "Postgres": (
            ("CheckAccess", True),
            ("GetDatabases", True),
            ("GetSchemas", True),
            ("GetTables", True),
            ("GetViews", False),
            ("GetTags", False),
            ("GetQueries", False),
        ),
        "Datalake": (("ListBuckets", True),),
    }
)


def test_connection_definition(qualified: str) -> Json:
    """Returns the steps in which a source's connection is tested.

    Args:
        qualified: The definition's fully qualified name.

    Returns:
        The definition.

    Raises:
        RefusedError: There is none of that name.
    """
    service = qualified.removesuffix(SUFFIX)
    if service == qualified or service not in STEPS:
        raise not_found("testConnectionDefinition", qualified)
    found = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, qualified)),
        "name": service,
        "fullyQualifiedName": qualified,
        "steps": [
            {
                "name": name,
                "description": f"The step {name}.",
                "mandatory": mandatory,
            }
            for name, mandatory in STEPS[service]
        ],
    }
    check_answer(TestConnectionDefinition, found)
    return found
