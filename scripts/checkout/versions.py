"""The versions that are pinned in ``versions.env``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from dotenv import dotenv_values

from checkout.paths import ROOT

FILE = ROOT / "versions.env"


@cache
def pinned_versions(file: Path = FILE) -> Mapping[str, str]:
    """Reads the versions that are pinned outside of ``pyproject.toml``.

    Args:
        file: The file that holds them.

    Returns:
        The versions by their names.
    """
    found = dotenv_values(file)
    return MappingProxyType(
        {name: value for name, value in found.items() if value}
    )
