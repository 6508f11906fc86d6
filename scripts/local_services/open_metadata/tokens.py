"""Tokens of the shape that OpenMetadata's have."""

import base64
import json
import secrets

ISSUER = "open-metadata.org"
BOT = "ingestion-bot"
ADMINISTRATOR = "admin"
HEADER = {"alg": "RS256", "typ": "JWT"}


def make_token(subject: str) -> str:
    """Makes a token; its signature is random.

    Args:
        subject: Whose token it is.

    Returns:
        The token.
    """
    claims = {"sub": subject, "iss": ISSUER}
    signature = secrets.token_urlsafe(48)
    return ".".join((_part(HEADER), _part(claims), signature))


def _part(document: object) -> str:
    text = json.dumps(document).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")
