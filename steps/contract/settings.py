"""Typed settings, one class per service.

The variable names are the contract with the platform. A step gets the
variables of the settings classes that it names, and no others.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from steps.contract.errors import BadSettingsError


class ServiceSettings(BaseSettings):
    """Settings of one service, read from environment variables.

    Attributes:
        service: Name of the service; names its Secret in the cluster too.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )
    service: ClassVar[str]

    @classmethod
    def load(cls) -> Self:
        """Reads the settings from the environment.

        Returns:
            The validated settings.

        Raises:
            BadSettingsError: A variable is missing or malformed; the message
                names each one, what it is for and an example.
        """
        try:
            return cls()
        except ValidationError as error:
            raise BadSettingsError(_explain(cls, error)) from None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Makes the settings of given values.

        Args:
            values: The values by variable name; others are left out.

        Returns:
            The validated settings.

        Raises:
            BadSettingsError: A variable is missing or malformed.
        """
        given = {name.lower(): value for name, value in values.items()}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            faulty = {str(fault["loc"][0]).upper() for fault in error.errors()}
            raise BadSettingsError(
                f"The settings of {cls.service} are missing or malformed: "
                f"{', '.join(sorted(faulty))}. See `.env.example`."
            ) from None

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """Maps each environment variable to the field that it fills."""
        return {
            name.upper(): field for name, field in cls.model_fields.items()
        }

    @classmethod
    def is_secret(cls, variable: str) -> bool:
        """Returns whether a variable must come from a Secret."""
        return cls.variables()[variable].annotation is SecretStr


def _explain(settings: type[ServiceSettings], error: ValidationError) -> str:
    fields = settings.variables()
    faults = []
    for detail in error.errors(include_input=False, include_url=False):
        variable = str(detail["loc"][0]).upper()
        field = fields[variable]
        fault = "is missing" if detail["type"] == "missing" else detail["msg"]
        example = (field.examples or [""])[0]
        faults.append(
            f"{variable}: {fault}; it is {field.description}, for example "
            f"{example!r}"
        )
    return f"The settings of {settings.service} are not usable. " + (
        ". ".join(faults) + "."
    )
