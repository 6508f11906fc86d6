"""What only one run, or one pod, may hold at a time."""

from hera.workflows.models import Mutex, Synchronization


def holding(mutex: str) -> Synchronization:
    """Makes a lock of a workflow or of a template.

    Args:
        mutex: Its name; all of a namespace share it.

    Returns:
        The lock.
    """
    return Synchronization(mutexes=[Mutex(name=mutex)])
