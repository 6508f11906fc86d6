"""Makes a Parquet file and a normalised CSV file of a CSV file.

pyarrow's allocator reads its settings once, when pyarrow is loaded. Here it
is told to hand memory back at once that it does not use.
"""

import os

os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")
