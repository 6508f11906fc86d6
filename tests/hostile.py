"""Texts that anything from outside may be called, in one place."""

import pytest

HOSTILE = {
    "tag": "{{workflow.name}}",
    "expression": "{{=1+1}}",
    "unknown tag": "{{nosuch.thing}}",
    "unbalanced tag": "{{inputs.parameters.x}",
    "braces": "}}{{ {} {",
    "double quotes": 'a "quoted" name',
    "single quotes": "it's",
    "newline": "first\nsecond",
    "carriage return": "first\rsecond",
    "tab": "first\tsecond",
    "backslashes": "C:\\new\\table",
    "JSON escapes": "\\u00fc \\n \\\\",
    "variable": "$(HOME)",
    "escaped variable": "$$(HOME)",
    "dollars": "$ $$ $$$ $",
    "open variable": "$(LEFT_BRACE",
    "own escape": "$(LEFT_BRACE){",
    "shell": "`id`; $(id) | cat > x & # ~ * ?",
    "umlaut": "Verbrauch für Öl",
    "precomposed": "ñ",
    "decomposed": "n\u0303",
    "emoji": "🏠📈",
    "right to left": "استهلاك",
    "full width": "\uff5b\uff5b\uff1d1\uff0b1\uff5d\uff5d",
    "leading space": "  x",
    "trailing space": "x  ",
    "one space": " ",
    "option": "--x=y",
    "dash": "-",
    "null": "null",
    "number": "1e5",
    "yes": "y",
    "markup": "<script>alert(1)</script>",
    "base64": "eyJhIjoxfQ==",
    "marked base64": "b64:eyJhIjoxfQ==",
    "the mark": "b64:",
}

CONTROLS = {
    "null character": "a\x00b",
    "bell": "a\x07b",
    "escape": "\x1b[31m",
    "delete": "a\x7fb",
}

EVERY_TEXT = {
    **HOSTILE,
    **CONTROLS,
    "nothing": "",
    "very long": "ñ{{x}}" * 20_000,
}

# The S3 server of the tests finds no object with a control character.
HOSTILE_KEYS = {
    name: text for name, text in HOSTILE.items() if text.isprintable()
}

hostile = pytest.mark.parametrize(
    "hostile", HOSTILE.values(), ids=HOSTILE.keys()
)
hostile_key = pytest.mark.parametrize(
    "hostile", HOSTILE_KEYS.values(), ids=HOSTILE_KEYS.keys()
)
every_text = pytest.mark.parametrize(
    "text", EVERY_TEXT.values(), ids=EVERY_TEXT.keys()
)
