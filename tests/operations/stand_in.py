"""Programs that only record their calls, and print given texts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = """\
#!/bin/bash
folder="$(dirname "$0")"
name="$(basename "$0")"
printf '%s %s\\n' "${name}" "$*" >>"${folder}/calls"
[[ -t 0 ]] || cat >"${folder}/$(wc --lines <"${folder}/calls").given"
for rule in "${folder}/${name}."*.rule; do
  [[ -e "${rule}" ]] || continue
  # shellcheck disable=SC1090
  source "${rule}"
  if [[ "$*" == *"${when}"* ]]; then
    [[ -z "${prints}" ]] || cat "${prints}"
    [[ -z "${fails}" ]] || printf '%s\\n' "${fails}" >&2
    exit "${code}"
  fi
done
"""


@dataclass(frozen=True)
class StandIn:
    """A program that stands in for another one.

    Attributes:
        folder: Where it is.
        name: What it is called.
    """

    folder: Path
    name: str

    def __post_init__(self) -> None:
        """Makes the program."""
        file = self.folder / self.name
        file.write_text(PROGRAM)
        file.chmod(0o755)

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment in which it is found first."""
        return {"PATH": f"{self.folder}:/usr/bin:/bin"}

    @property
    def calls(self) -> list[str]:
        """How it was called, without its own name."""
        file = self.folder / "calls"
        lines = file.read_text().splitlines() if file.exists() else []
        return [
            line.removeprefix(f"{self.name} ")
            for line in lines
            if line.startswith(f"{self.name} ")
        ]

    def given(self, when: str) -> list[Any]:
        """The documents that calls were given whose arguments hold a text."""
        lines = (self.folder / "calls").read_text().splitlines()
        texts = [
            (self.folder / f"{number}.given").read_text()
            for number, line in enumerate(lines, start=1)
            if line.startswith(self.name) and when in line
        ]
        return [json.loads(text) for text in texts if text]

    def prints(self, when: str, document: object) -> None:
        """Makes it print a document when its arguments hold a text."""
        self._rule(when, json.dumps(document), fails="", code=0)

    def prints_text(self, when: str, text: str, code: int = 0) -> None:
        """Makes it print a text when its arguments hold a text."""
        self._rule(when, text, fails="", code=code)

    def fails(self, when: str, message: str) -> None:
        """Makes it fail when its arguments hold a text."""
        self._rule(when, "", fails=message, code=1)

    def _rule(self, when: str, prints: str, *, fails: str, code: int) -> None:
        number = len(list(self.folder.glob(f"{self.name}.*.rule")))
        printed = self.folder / f"{self.name}.{number}.printed"
        printed.write_text(prints)
        quoted = fails.replace("'", "'\\''")
        rule = self.folder / f"{self.name}.{number}.rule"
        rule.write_text(
            f"when='{when}'\nprints='{printed}'\nfails='{quoted}'\ncode={code}\n"
        )
