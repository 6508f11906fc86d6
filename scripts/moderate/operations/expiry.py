"""When a token of OpenMetadata runs out."""

from enum import StrEnum


class Expiry(StrEnum):
    """In days, or as OpenMetadata calls it (``JWTTokenExpiry``)."""

    ONE_HOUR = "OneHour"
    DAY = "1"
    WEEK = "7"
    MONTH = "30"
    TWO_MONTHS = "60"
    QUARTER = "90"
    NEVER = "Unlimited"
