"""Keeping little memory: where it is free, the operating system gets it."""

import ctypes

import pyarrow as pa

_C_LIBRARY = ctypes.CDLL(None)
EVERYTHING = 0
M_ARENA_MAX = -8
"""The C library's number for how many heaps its threads may have."""


def share_one_heap() -> None:
    """Keeps threads that begin from now on from having heaps of their own.

    What is free in one heap is of no use to the threads of another.
    """
    set_option = getattr(_C_LIBRARY, "mallopt", None)
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def release_memory() -> None:
    """Returns what pyarrow and the C library keep for later, but do not use.

    Thousands of columns are as many small allocations in each piece; what is
    freed between them would otherwise stay with the process.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(_C_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(EVERYTHING)
