"""Handing free memory back to the operating system."""

import ctypes

import pyarrow as pa

_C_LIBRARY = ctypes.CDLL(None)
EVERYTHING = 0


def release_memory() -> None:
    """Returns what pyarrow and the C library keep for later, but do not use.

    Thousands of columns are as many small allocations in each piece; what is
    freed between them would otherwise stay with the process.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(_C_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(EVERYTHING)
