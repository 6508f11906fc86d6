"""Makes a Parquet file and a normalised CSV file of a CSV file.

pyarrow's allocator reads its settings once, when pyarrow is loaded. Here
they make it take memory only when it is used, and return it at once.
"""

import os

for _option in ("ARENA_EAGER_COMMIT", "EAGER_COMMIT", "PURGE_DELAY"):
    os.environ.setdefault(f"MIMALLOC_{_option}", "0")
