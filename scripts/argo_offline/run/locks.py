"""Mutexes and semaphores, as file locks.

Every holder of a lock has one file of it locked with ``flock``. So they hold
between runs in one process and in several, and a run that is killed gives its
locks back. Who waits asks again; there is no queue and no priority.
"""

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from argo_offline.errors import SubstitutionError
from argo_offline.run.cluster import ConfigMap
from argo_offline.run.nodes import Json

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


@dataclass(frozen=True)
class LockRequest:
    """One lock that a node or a workflow asks for.

    Attributes:
        name: Argo's name of the lock.
        limit: How many may hold it.
    """

    name: str
    limit: int


class Locks:
    """The locks that one run holds."""

    def __init__(self, folder: Path) -> None:
        """Starts without locks.

        Args:
            folder: Where the lock files are.
        """
        self._folder = folder
        self._held: dict[str, list[int]] = {}

    def acquire(self, holder: str, requests: list[LockRequest]) -> str:
        """Takes all locks of a holder, or none.

        Args:
            holder: Who asks; asking again keeps the locks.
            requests: The locks.

        Returns:
            Empty when the holder has the locks, otherwise what it waits for.
        """
        if holder in self._held:
            return ""
        taken: list[int] = []
        for request in requests:
            file = self._take(request)
            if file is None:
                _close(taken)
                return (
                    f"Waiting for {request.name} lock. "
                    f"Lock status: 0/{request.limit}"
                )
            taken.append(file)
        self._held[holder] = taken
        return ""

    def release(self, holder: str) -> None:
        """Gives a holder's locks back, if it has any."""
        _close(self._held.pop(holder, []))

    def release_all(self) -> None:
        """Gives all locks of this run back."""
        for holder in list(self._held):
            self.release(holder)

    def _take(self, request: LockRequest) -> int | None:
        self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        for slot in range(request.limit):
            path = self._folder / f"{quote(request.name, safe='')}.{slot}"
            file = os.open(
                path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE
            )
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                return file
        return None


def lock_requests(
    synchronization: Json,
    namespace: str,
    config_maps: Mapping[str, ConfigMap],
) -> list[LockRequest]:
    """Reads the locks of a ``synchronization`` block.

    Args:
        synchronization: The block, its tags replaced.
        namespace: The workflow's namespace.
        config_maps: ConfigMaps with the limits of semaphores.

    Returns:
        The locks: semaphores, then mutexes.

    Raises:
        SubstitutionError: A semaphore's limit cannot be read.
    """
    semaphores = list(synchronization.get("semaphores", []))
    if "semaphore" in synchronization:
        semaphores.insert(0, synchronization["semaphore"])
    mutexes = list(synchronization.get("mutexes", []))
    if "mutex" in synchronization:
        mutexes.insert(0, synchronization["mutex"])
    return [
        *(_semaphore(item, namespace, config_maps) for item in semaphores),
        *(_mutex(item, namespace) for item in mutexes),
    ]


def _mutex(mutex: Json, namespace: str) -> LockRequest:
    space = mutex.get("namespace") or namespace
    return LockRequest(f"{space}/Mutex/{mutex.get('name', '')}", 1)


def _semaphore(
    semaphore: Json, namespace: str, config_maps: Mapping[str, ConfigMap]
) -> LockRequest:
    space = semaphore.get("namespace") or namespace
    reference = semaphore["configMapKeyRef"]
    name, key = reference["name"], reference["key"]
    config_map = config_maps.get(name)
    limit = config_map.data.get(key, "") if config_map else ""
    if not limit.isdecimal() or not int(limit):
        raise SubstitutionError(
            f"failed to initialize semaphore {space}/ConfigMap/{name}/{key}: "
            f"the ConfigMap {name} has no number above 0 under {key}"
        )
    return LockRequest(f"{space}/ConfigMap/{name}/{key}", int(limit))


def _close(files: list[int]) -> None:
    for file in files:
        os.close(file)
