"""What only one run, or so many pods, may hold at a time."""

from hera.workflows.models import (
    ConfigMapKeySelector,
    Mutex,
    SemaphoreRef,
    Synchronization,
)

from workflows.authoring.names import LIMITS


def holding(
    mutex: str | None = None, *, semaphore: str | None = None
) -> Synchronization | None:
    """Makes the locks of a workflow or of a template.

    Args:
        mutex: A mutex's name; all of a namespace share it.
        semaphore: A key of the ConfigMap of limits; all pods that name it
            share it.

    Returns:
        The locks, which are taken together; None where there is none.
    """
    if not (mutex or semaphore):
        return None
    limit = ConfigMapKeySelector(name=LIMITS, key=semaphore or "")
    return Synchronization(
        mutexes=[Mutex(name=mutex)] if mutex else None,
        semaphores=(
            [SemaphoreRef(config_map_key_ref=limit)] if semaphore else None
        ),
    )
