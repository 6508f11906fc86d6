"""A value per key."""

import json
from collections.abc import Callable

from pydantic import JsonValue

from steps.contract.errors import BadDataError
from steps.state.keys import EXCERPT, checked_key
from steps.state.namespace import Namespace
from steps.state.server import Connection

READ = """
SELECT value::text FROM state.value
WHERE namespace = %(namespace)s AND key = %(key)s
"""
READ_ALL = """
SELECT key, value::text FROM state.value
WHERE namespace = %(namespace)s AND starts_with(key, %(prefix)s)
ORDER BY key
"""
WRITE = """
INSERT INTO state.value AS kept (namespace, key, value)
VALUES (%(namespace)s, %(key)s, %(value)s::json)
ON CONFLICT (namespace, key) DO UPDATE
SET value = excluded.value, changed_at = clock_timestamp()
"""
INSERT_MISSING = """
INSERT INTO state.value (namespace, key, value)
VALUES (%(namespace)s, %(key)s, 'null')
ON CONFLICT (namespace, key) DO NOTHING
"""
REMOVE = """
DELETE FROM state.value
WHERE namespace = %(namespace)s AND key = %(key)s
"""


class Values(Namespace):
    """The values of a namespace: JSON, by exact keys."""

    def get(self, key: str) -> JsonValue:
        """Reads a value.

        Args:
            key: Its key.

        Returns:
            The value, None where there is none.

        Raises:
            ModerateError: The key cannot be kept, or the server failed.
        """
        chosen = self._of(key=checked_key(key))

        def read(connection: Connection) -> JsonValue:
            row = connection.execute(READ, chosen).fetchone()
            return _read(row[0]) if row else None

        return self._database.run(read)

    def put(self, key: str, value: JsonValue) -> None:
        """Writes a value, and replaces one that was there.

        Args:
            key: Its key.
            value: What JSON can hold; None is as good as no value.

        Raises:
            ModerateError: The key or the value cannot be kept, or the server
                failed.
        """
        checked_key(key)
        written = self._of(key=key, value=_written(key, value))
        self._database.run(lambda connection: _do(connection, WRITE, written))

    def update(
        self, key: str, function: Callable[[JsonValue], JsonValue]
    ) -> JsonValue:
        """Makes a value of the one before, under a lock.

        Args:
            key: Its key.
            function: From the value, None where there is none, to the new
                one. Others who update the key wait for it.

        Returns:
            The new value.

        Raises:
            TemporaryError: The server failed. The new value is kept or not:
                where it matters, look.
            ModerateError: The key or the value cannot be kept.
        """
        chosen = self._of(key=checked_key(key))

        def change(connection: Connection) -> JsonValue:
            connection.execute(INSERT_MISSING, chosen)
            row = connection.execute(f"{READ} FOR UPDATE", chosen).fetchone()
            value = function(_read(row[0]) if row else None)
            written = {**chosen, "value": _written(key, value)}
            connection.execute(WRITE, written)
            return value

        return self._database.run(change, repeatable=False)

    def remove(self, key: str) -> None:
        """Removes a value, if there is one.

        Args:
            key: Its key.

        Raises:
            ModerateError: The key cannot be kept, or the server failed.
        """
        chosen = self._of(key=checked_key(key))
        self._database.run(lambda connection: _do(connection, REMOVE, chosen))

    def values(self, prefix: str = "") -> dict[str, JsonValue]:
        """Reads all values whose keys begin in the same way.

        Args:
            prefix: How the keys begin.

        Returns:
            The values by key, in the order of the keys' bytes.

        Raises:
            ModerateError: The server failed.
        """
        chosen = self._of(prefix=checked_key(prefix))

        def read(connection: Connection) -> dict[str, JsonValue]:
            rows = connection.execute(READ_ALL, chosen).fetchall()
            return {str(key): _read(value) for key, value in rows}

        return self._database.run(read)


def _do(connection: Connection, text: str, values: dict[str, object]) -> None:
    connection.execute(text.encode(), values)


def _read(text: object) -> JsonValue:
    value: JsonValue = json.loads(str(text))
    return value


def _written(key: str, value: JsonValue) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        raise BadDataError(
            f"The value of {key[:EXCERPT]!r} has a number that JSON cannot "
            "hold."
        ) from None
