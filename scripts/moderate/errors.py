"""What the command-line tool tells a person when it cannot go on."""


class ToolError(Exception):
    """An expected failure: what happened, and what to do next."""
