"""The file ``.env``: settings of this machine."""

import io
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from steps.contract.errors import BadSettingsError


def read_dotenv(file: Path) -> dict[str, str]:
    """Reads the settings of a file.

    Args:
        file: The file; one that is absent holds no settings.

    Returns:
        The values by variable name.

    Raises:
        BadSettingsError: It cannot be read, or a line of it is no setting.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSettingsError(
            f"{file} cannot be read: {error.strerror}. Make it a file that "
            "you may read, or remove it."
        ) from None
    except UnicodeDecodeError:
        raise BadSettingsError(
            f"{file} is not UTF-8 text. Write it again, after .env.example."
        ) from None
    _check(file, text)
    values = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value}


def _check(file: Path, text: str) -> None:
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            raise BadSettingsError(
                f"{file}, line {binding.original.line}: this is not a "
                "setting. Settings look like NAME=value, and .env.example "
                "holds them all."
            )
