"""Generates the expressions and conditions of the recorded table.

Its output is the input of the Go program beside it; ``record.sh`` joins them.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")

EDGES = Path(__file__).with_name("edges.jsonl")
GENERATED = 3200
GENERATED_PARSES = 2000
GENERATED_DEPENDS = 400
GENERATED_ITEMS = 300
GENERATED_DURATIONS = 300
SEED = 3718
VARIABLES = {
    "item": "5",
    "workflow.name": "wf",
    "workflow.status": "Failed",
    "inputs.parameters.n": "7",
    "inputs.parameters.neg": "-3",
    "inputs.parameters.big": "9007199254740993",
    "inputs.parameters.max": "9223372036854775807",
    "inputs.parameters.over": "9223372036854775808",
    "inputs.parameters.octal": "010",
    "inputs.parameters.rate": "2.50",
    "inputs.parameters.small": "0.00001",
    "inputs.parameters.text": "h\u00e9llo <b> & \U0001f3e0",
    "inputs.parameters.empty": "",
    "inputs.parameters.quotes": 'say "x" \\ y\n\tz',
    "inputs.parameters.list": '["b", "a"]',
    "inputs.parameters.json": '{"z": 1.0, "a": [9007199254740993, "<"]}',
    "inputs.parameters.flag": "true",
    "inputs.parameters.day": "2024-01-31",
    "tasks.a-b.outputs.parameters.out": None,
    "tasks.c.outputs.parameters.out": "two words",
}
NAMES = [
    "tasks['a-b'].outputs.parameters.out",
    "tasks.c.outputs.parameters.out",
    *(name for name in VARIABLES if not name.startswith("tasks")),
]
TEXTS = [
    "''", "'a'", '"b"', "'75'", "'Failed'", "'h\u00e9llo'", "'\u6f22'", "' '",
    r"'it\'s'", r"'a\nb'", r"'\\'", "'<&>'", "'true'", "'\u2028'", "'5'",
    "'\u0130\u00df'", "'\u00a0x '",
]  # fmt: skip
INTEGERS = [
    "0", "1", "2", "3", "5", "7", "10", "75", "9007199254740993",
    "9223372036854775807", "9223372036854775806",
]  # fmt: skip
FLOATS = ["0.0", "0.5", "1.5", "2.50", "123456789.5", "0.00001", "0.1", "3.0"]
WORDS = [
    "Succeeded", "Failed", "a", "x1", "_a", "a_b", "true", "false", "True",
    "in", "IN", "two words", "a-b", "a.b", "h\u00e9", "0x1F", "10abc", "1.2.3",
    "''", '""', "'a'", '"a"', "'a b'", r"'it\'s'", "'5'", "'true'",
    "'2024-01-31'", "'2024-02-30'", "'2024-02-01'", "'2024-01-31T10:00:00Z'",
    "'10:30AM'", "'h\u00e9 \u6f22'", "'\U0001f3e0'", "[a b]", r"a\-b", "'a\"",
    "'mon is now 1:1'", "'<nil>'", "nil",
]  # fmt: skip
NUMBERS = [
    "0", "1", "2", "10", "10.0", ".5", "5.", "010", "-1", "- 1", "75",
    "9007199254740992", "9007199254740993", "1e3", "-0", "+1", "0.1",
]  # fmt: skip
COMPARATORS = ["==", "!=", "<", "<=", ">", ">=", "==", "=~", "in", "=", "!~"]
PATTERNS = ["'a'", "'^(a|75|h)$'", "'.*'", "'b$'", "'^$'", "'x|'"]

LITERALS = [
    "nil", "0x1F", "0b101", "0o17", "1_000", "1e3", ".5", "5.", "010", "1..3",
    "[]", "{}", "`raw`", r"'\u00fc'", r"'\x41'", r"'\101'", r"'\u{1F600}'",
    r'"\'"', "'a' /* b */", "$env", "_x",
]  # fmt: skip
FORMS = [
    "{0} + {1}", "-{0}", "!{0} && {1}", "not {0}", "{0} not in {1}",
    "{0} ?? {1}", "({0}) ?? ({1})", "{0} < {1} <= {2}", "{0} ? {1} : {2}",
    "{0} ?: {1}", "{0} ** {1} ^ {2}", "{0} | len()", "{0} | map(# + {1})",
    "map({0}, {{# > {1}}})", "filter({0}, .name == {1})", "count({0})",
    "sum({0}, #.x)", "any({0}, {1})", "reduce({0}, #acc + #, {1})",
    "sortBy({0}, #, {1})", "all({0})", "let x = {0}; {1}", "{0}; {1}", "{0};",
    "if {0} {{ {1} }} else {{ {2} }}", "{0} if {1}", "[{0}, {1},]",
    "{{a: {0}, 'b': {1}, (c): {2},}}", "{{{0}: {1}}}", "({0})[{1}]",
    "a.b[{0}:{1}]", "a[:{0}]", "a?.b?.[{0}]", "a.not.in", "f({0}, {1},)",
    "::len({0})", "a.b({0})", "{0} matches {1}", "{0} contains {1} or {2}",
    "{0} // {1}", "{0}\n== {1}", "sprig.trim({0})", "toJson({0})", "{0}..{1}",
    "#", "# + {0}", "({0}", "{0} {1}",
]  # fmt: skip
PIECES = [
    "(", ")", "[", "]", "{", "}", "'", '"', "`", ",", ";", "?", ":", ".", "..",
    "+", "!", "&", "|", "=", "#", "@", "\\", " in ", " not ", " let ", "0",
    "_", "\n", "??",
]  # fmt: skip
STATUSES = [
    "Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned",
    "AnySucceeded", "AllFailed", "Done", "succeeded",
]  # fmt: skip
LENGTHS = ["1", "90", "0", "007", "1.5", ".5", "1.", ".", "", "1e3"]
UNITS = ["ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h"]
JSON_SCALARS = [
    "1", "-0", "2.50", "1e3", "9007199254740993", "01", "NaN", "true", "null",
    '""', '"a b"', r'"\u00fc <&>"', r'"q\"\\\n"', '"(x)"', '"<b>"', "'a'", "x",
    '"\u2028"', r'"\ud83c\udfe0"', '"true"', '"7"',
]  # fmt: skip
JSON_NAMES = ['"a"', '"b"', '"a b"', '"<"', '"\u00fc"', r'"\u0061"', "a"]


class Expressions:
    """Writes random expressions, most of them of fitting types."""

    def __init__(self, random_numbers: random.Random) -> None:
        """Takes the source of chance."""
        self._random = random_numbers

    def any(self, depth: int) -> str:
        """Writes an expression of some type."""
        return self._pick(self.text, self.number, self.truth)(depth)

    def text(self, depth: int) -> str:
        """Writes an expression that is mostly a text."""
        if depth <= 0:
            return self._random.choice(self._pick(TEXTS, NAMES))
        deeper = depth - 1
        return self._one(
            lambda: f"{self.text(deeper)} + {self.text(deeper)}",
            lambda: f"({self.text(deeper)})",
            lambda: f"string({self.any(deeper)})",
            lambda: f"toJson({self.any(deeper)})",
            lambda: f"({self._random.choice(NAMES)} ?? {self.text(0)})",
            lambda: f"sprig.{self._function()}({self.text(deeper)})",
            lambda: (
                f"({self.truth(deeper)} ? {self.text(deeper)} : "
                f"{self.text(deeper)})"
            ),
        )

    def number(self, depth: int) -> str:
        """Writes an expression that is mostly a number."""
        if depth <= 0:
            return self._random.choice(self._pick(INTEGERS, FLOATS))
        deeper = depth - 1
        return self._one(
            lambda: (
                f"{self.number(deeper)} {self._random.choice('+-*/%')} "
                f"{self.number(deeper)}"
            ),
            lambda: f"({self.number(deeper)})",
            lambda: f"-{self.number(deeper)}",
            lambda: f"asInt({self.text(0)})",
            lambda: f"asFloat({self.text(0)})",
            lambda: f"int({self.number(deeper)})",
            lambda: f"len({self.text(deeper)})",
            lambda: (
                f"{self._random.choice(INTEGERS)} ** "
                f"{self._random.choice(INTEGERS)}"
            ),
        )

    def truth(self, depth: int) -> str:
        """Writes an expression that is mostly a truth value."""
        if depth <= 0:
            return self._random.choice(["true", "false"])
        deeper = depth - 1
        kind = self._pick(self.text, self.text, self.number)
        other = kind if self._random.random() < 0.95 else self.any
        return self._one(
            lambda: (
                f"{kind(deeper)} {self._random.choice(COMPARATORS[:7])} "
                f"{other(deeper)}"
            ),
            lambda: (
                f"{kind(deeper)} {self._random.choice(COMPARATORS[:7])} "
                f"{other(deeper)}"
            ),
            lambda: (
                f"{self.truth(deeper)} {self._pick('&&', '||', 'and')} "
                f"{self.truth(deeper)}"
            ),
            lambda: f"{self._pick('!', 'not ')}({self.truth(deeper)})",
            lambda: f"{self.text(deeper)} {self._word()} {self.text(deeper)}",
            lambda: (
                f"{self.text(0)} in [{self.text(0)}, "
                f"{self._random.choice(TEXTS)}]"
            ),
        )

    def _word(self) -> str:
        return self._random.choice(["contains", "startsWith", "endsWith"])

    def _function(self) -> str:
        return self._random.choice(["upper", "lower", "trim", "b64enc"])

    def _pick(self, *choices: _T) -> _T:
        return self._random.choice(choices)

    def _one(self, *writers: Callable[[], str]) -> str:
        return self._random.choice(writers)()


def condition(random_numbers: random.Random, depth: int) -> str:
    """Writes a random condition."""
    chance = random_numbers.random()
    if depth > 0 and chance < 0.3:
        operator = random_numbers.choice(["&&", "||"])
        left = condition(random_numbers, depth - 1)
        return f"{left} {operator} {condition(random_numbers, depth - 1)}"
    if depth > 0 and chance < 0.4:
        sign = random_numbers.choice(["", "!", "! "])
        return f"{sign}({condition(random_numbers, depth - 1)})"
    kind = random_numbers.choice([WORDS, WORDS, NUMBERS])
    mixed = [WORDS, NUMBERS] if random_numbers.random() < 0.2 else [kind]
    left = random_numbers.choice(kind)
    right = random_numbers.choice([left, *random_numbers.choice(mixed)])
    if random_numbers.random() < 0.3:
        right = left
    odd = random_numbers.random() < 0.1
    operator = random_numbers.choice(COMPARATORS if odd else COMPARATORS[:7])
    space = random_numbers.choice([" ", " ", " ", ""])
    return f"{left}{space}{operator}{space}{right}"


class Language(Expressions):
    """Writes expressions of the whole language, some of them broken."""

    def any(self, depth: int) -> str:
        """Writes an expression of any kind."""
        if depth <= 0:
            return self._pick(
                super().any(0), self._pick(*NAMES), self._pick(*LITERALS)
            )
        inner = [self.any(depth - 1) for _ in range(3)]
        return self._pick(*FORMS).format(*inner)

    def broken(self, depth: int) -> str:
        """Writes an expression from which something is missing, or more."""
        text = self.any(depth)
        place = self._random.randrange(len(text) + 1)
        more = self._pick(*PIECES)
        return self._pick(
            text[:place] + text[place + 1 :],
            text[:place] + more + text[place:],
            text[:place],
            text[place:],
            text + more,
        )


def depends(chance: random.Random, depth: int) -> str:
    """Writes a random condition of a task, statuses written out."""
    if depth <= 0:
        task = chance.choice(["a", "b_c", "d", "e", "all", "nosuch"])
        return f"{task}.{chance.choice(STATUSES)}"
    first, second = depends(chance, depth - 1), depends(chance, depth - 1)
    return chance.choice(
        [
            f"{first} && {second}",
            f"{first} || {second}",
            f"({first} || {second})",
            f"!{first}",
            f"!({first})",
            f"{first} and not {second}",
            f"{first} == {second}",
            f"{first} {second}",
            f"{first} && ",
            f"({first}",
            f"{first} & {second}",
            f"{first} ? {second} : true",
        ]
    )


def json_text(chance: random.Random, depth: int) -> str:
    """Writes a random JSON value, with spaces, some of it broken."""
    if depth <= 0:
        return chance.choice(JSON_SCALARS)
    parts = [json_text(chance, depth - 1) for _ in range(chance.randrange(4))]
    space = chance.choice(["", " ", "\n\t"])
    named = [f"{chance.choice(JSON_NAMES)}:{space}{part}" for part in parts]
    listed = f"[{space}{f',{space}'.join(parts)}{space}]"
    members = f"{{{space}{f' ,{space}'.join(named)}}}"
    return chance.choice([listed, listed, members, members, f"{listed},"])


def duration(chance: random.Random) -> str:
    """Writes a random duration, some of it broken."""
    parts = [
        chance.choice(
            ["1", "90", "0", "007", "1.5", ".5", "1.", ".", "", "1e3"]
        )
        + chance.choice(
            ["ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h"]
        )
        for _ in range(chance.choice([1, 1, 2, 3]))
    ]
    sign = chance.choice(["", "", "", "-", "+", "--", " "])
    last = chance.choice(["", "", "", "d", " ", "5", "\u0663s"])
    return sign + "".join(parts) + last


def rows() -> list[tuple[str, str]]:
    """Writes all rows: pairs of a kind and a text, sorted."""
    chance = random.Random(SEED)  # noqa: S311
    writer = Expressions(chance)
    edges = map(json.loads, EDGES.read_text("utf-8").split("\n")[:-1])
    found = {(kind, text) for kind, text in edges}
    _fill(
        found,
        lambda: (
            "expression",
            f"{{{{={writer.any(chance.choice([1, 2, 2, 3]))}}}}}",
        ),
    )
    _fill(
        found, lambda: ("when", condition(chance, chance.choice([0, 1, 1, 2])))
    )
    _fill(found, lambda: ("parse", _parsed(chance)), GENERATED_PARSES)
    _fill(
        found,
        lambda: ("depends", depends(chance, chance.choice([0, 1, 2, 2]))),
        GENERATED_DEPENDS,
    )
    _fill(
        found,
        lambda: ("items", json_text(chance, chance.choice([1, 2, 3]))),
        GENERATED_ITEMS,
    )
    _fill(found, lambda: ("duration", duration(chance)), GENERATED_DURATIONS)
    return sorted(found)


def _parsed(chance: random.Random) -> str:
    writer = Language(chance)
    depth = chance.choice([1, 1, 2, 3])
    return writer.any(depth) if chance.random() < 0.5 else writer.broken(depth)


def _fill(
    found: set[tuple[str, str]],
    write: Callable[[], tuple[str, str]],
    more: int = GENERATED,
) -> None:
    wanted = len(found) + more
    while len(found) < wanted:
        found.add(write())


def main() -> None:
    """Writes the variables and the rows to the standard output."""
    for line in (VARIABLES, *rows()):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
