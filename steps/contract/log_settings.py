"""Settings of the log."""

from typing import ClassVar, Literal

from pydantic import Field

from steps.contract.settings import ServiceSettings


class LogSettings(ServiceSettings):
    """How lines are written."""

    service: ClassVar[str] = "logs"

    log_format: Literal["text", "json"] = Field(
        default="text",
        description="how the lines of logs are written",
        examples=["json"],
    )
