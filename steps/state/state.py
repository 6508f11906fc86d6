"""The pipelines' state: a namespace of values and claims."""

from typing import Self

from steps.clients.postgres_settings import PostgresSettings
from steps.state.claims import Claims
from steps.state.database import Database
from steps.state.schema import migrate
from steps.state.values import Values

STATE_DATABASE = "moderate_workflows"


class State(Values, Claims):
    """The state of a feature, on the platform's PostgreSQL server.

    It has a database of its own, created when absent, and the connection is
    opened by what is asked first. Several threads may share it.
    """

    def __init__(
        self,
        settings: PostgresSettings,
        namespace: str,
        *,
        database: str = STATE_DATABASE,
    ) -> None:
        """Prepares the state; nothing is sent yet.

        Args:
            settings: Where the server is and how to sign in.
            namespace: Whose state it is, for example "trust-users".
            database: The database's name.

        Raises:
            BadDataError: The namespace cannot be kept.
        """
        super().__init__(Database(settings, database, migrate), namespace)

    def __enter__(self) -> Self:
        """Returns itself; leaving closes the connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connection."""
        self._database.close()
