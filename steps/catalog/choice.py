"""Which of the databases or prefixes take part."""

import re
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, field_validator


class Choice(BaseModel):
    """Which names take part, by regular expressions for the whole name.

    Attributes:
        ignore: Names that match one of these are left out.
        include: Of the others, only names that match one of these take
            part; all of them where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ignore: list[str] = []
    include: list[str] = []

    @field_validator("ignore", "include")
    @classmethod
    def _are_patterns(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(
                    f"{pattern!r} is not a regular expression: {error}"
                ) from None
        return patterns

    def of(self, names: Iterable[str]) -> list[str]:
        """Chooses names.

        Args:
            names: All names.

        Returns:
            Those that take part, in order.
        """
        return sorted(
            name
            for name in names
            if not _matches(self.ignore, name)
            and (not self.include or _matches(self.include, name))
        )

    def idle(self, names: Sequence[str]) -> list[str]:
        """Lists the patterns to include that match nothing.

        Args:
            names: The names that take part.

        Returns:
            The patterns.
        """
        return [
            pattern
            for pattern in self.include
            if not any(_matches([pattern], name) for name in names)
        ]


def _matches(patterns: Iterable[str], name: str) -> bool:
    return any(re.fullmatch(pattern, name, re.DOTALL) for pattern in patterns)
