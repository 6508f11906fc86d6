"""The numbers that the Platform API gives to what it stores."""

from typing import Annotated, Final

from pydantic import Field

# The API answers 500 to a larger one, not 404.
LARGEST_ID: Final = 2**31 - 1

PlatformId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""The number of a job, an asset object or a task."""
