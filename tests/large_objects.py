"""Large objects of the tests' S3 server, which take no space on a disk."""

LARGEST_INPUT_BYTES = 2 * 1024**3
TWENTY_GIGABYTES = 20 * 1024**3
SPARSE_SIZES = (
    LARGEST_INPUT_BYTES,
    LARGEST_INPUT_BYTES + 1,
    TWENTY_GIGABYTES,
)


def sparse_key(size: int) -> str:
    """Name the object of a size."""
    return f"sparse/{size}-bytes.csv"
