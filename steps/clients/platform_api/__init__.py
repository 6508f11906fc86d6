"""The Platform API, as every feature sees it.

``PlatformApi`` is the connection; one module per subject holds functions
that take it: ``jobs``, ``assets``, and so on.
"""

from steps.clients.platform_api.connection import ATTEMPTS, PlatformApi
from steps.clients.platform_api.errors import (
    ForbiddenError,
    MissingError,
    PassingError,
    RefusedError,
    SignInError,
    UnreadableError,
)

__all__ = [
    "ATTEMPTS",
    "ForbiddenError",
    "MissingError",
    "PassingError",
    "PlatformApi",
    "RefusedError",
    "SignInError",
    "UnreadableError",
]
