"""What values and claims have in common: a database and a namespace."""

from steps.state.database import Database
from steps.state.keys import checked_namespace


class Namespace:
    """A namespace in the state's database."""

    def __init__(self, database: Database, namespace: str) -> None:
        """Prepares it; nothing is sent yet.

        Args:
            database: The state's database.
            namespace: Whose keys these are, for example "trust-users".

        Raises:
            BadDataError: The namespace cannot be kept.
        """
        self._database = database
        self._namespace = checked_namespace(namespace)

    def _of(self, **parameters: object) -> dict[str, object]:
        return {"namespace": self._namespace, **parameters}
