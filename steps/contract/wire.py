"""How values travel between steps.

Argo substitutes ``{{…}}`` and evaluates ``{{=…}}`` inside parameter *values*.
A value that comes from outside (a message, a name, a path) may hold such
text, so programs send it as ``b64:`` and base64url, in which Argo cannot read
anything: declare its field as ``Encoded``. What has no such mark was typed by
a person, and is taken as it stands. A value that ends in the environment of a
container outside this contract is declared as
``EnvironmentText``.
"""

import base64
import binascii
import re
import unicodedata
from typing import Annotated

from pydantic import PlainSerializer
from pydantic.functional_validators import BeforeValidator
from pydantic_core.core_schema import ValidationInfo

MARK = "b64:"
LABEL_LENGTH = 63
LEFT_BRACE_VARIABLE = "LEFT_BRACE"
_ESCAPES = str.maketrans({"$": "$$", "{": f"$({LEFT_BRACE_VARIABLE})"})
_UNREADABLE = re.compile(r"[^A-Za-z0-9@._+-]+")
_STANDARD_TO_URL_SAFE = str.maketrans("+/", "-_")


def encode(text: str) -> str:
    """Writes text as base64url, with padding, behind the mark.

    Args:
        text: Any text.

    Returns:
        Only letters, digits, ``:``, ``-``, ``_`` and ``=``.
    """
    return MARK + base64.urlsafe_b64encode(text.encode()).decode("ascii")


def decode(text: str) -> str:
    """Reads text back from what programs send or a person has typed.

    Behind the mark both alphabets of base64 are read, because the template
    functions of Argo and of Argo Events (``b64enc``) write the standard one.

    Args:
        text: The mark and base64, or plain text.

    Returns:
        The text.

    Raises:
        ValueError: What is behind the mark is not base64, or not of UTF-8
            text.
    """
    if not text.startswith(MARK):
        return text
    url_safe = text.removeprefix(MARK).translate(_STANDARD_TO_URL_SAFE)
    try:
        content = base64.b64decode(url_safe, altchars=b"-_", validate=True)
        return content.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ValueError(
            f"begins with {MARK!r}, but what follows is not base64url of "
            "UTF-8 text; write it with `moderate encode TEXT`"
        ) from None


def _decode_from_wire(value: object, info: ValidationInfo) -> object:
    if info.mode == "json" and isinstance(value, str):
        return decode(value)
    return value


Encoded = Annotated[
    str,
    BeforeValidator(_decode_from_wire),
    PlainSerializer(encode, when_used="json"),
]
"""Text from outside: plain in Python, marked base64url on the wire."""


def escape_environment(text: str) -> str:
    """Writes text so that it reaches a container's environment unchanged.

    Argo sees no brace in it, and the kubelet's own expansion of ``$(NAME)``,
    which comes after all of Argo's, restores the text. The container must
    define the variable ``LEFT_BRACE`` as ``{`` before the one that holds it.

    Args:
        text: The text that the container is to see.

    Returns:
        The escaped text.
    """
    return text.translate(_ESCAPES)


EnvironmentText = Annotated[
    str, PlainSerializer(escape_environment, when_used="json")
]
"""Text for the environment of a container outside this contract."""


def label_for(text: str) -> str:
    """Makes a readable label of any text, for Argo's UI.

    Args:
        text: Any text.

    Returns:
        At most 63 letters, digits and ``@ . _ + -``; never empty.
    """
    plain = unicodedata.normalize("NFKD", text)
    readable = _UNREADABLE.sub("-", plain.encode("ascii", "ignore").decode())
    return readable[:LABEL_LENGTH].strip("-.") or "unnamed"
