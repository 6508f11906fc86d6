"""The reference of the commands, as Markdown, from their own help."""

from collections.abc import Iterator

import typer
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

EXAMPLES_TITLE = "Examples"
HELP_OPTION = "--help"
Command = TyperCommand | TyperGroup


def command_reference(tool: TyperGroup, name: str) -> str:
    """Describes each command of the tool, its arguments and its options.

    Args:
        tool: The tool.
        name: The tool's name.

    Returns:
        Markdown: one section for each command, by name.
    """
    return "\n".join(
        "\n".join(_section(command, context))
        for command, context in commands_of(tool, name)
    )


def commands_of(
    group: TyperGroup, name: str, parent: typer.Context | None = None
) -> Iterator[tuple[Command, typer.Context]]:
    """Lists a group's commands, and those of the groups in it, by name.

    Args:
        group: The group.
        name: Its name.
        parent: The context of the group that it is in.

    Yields:
        Each command with its context; the group too, where it has options.
    """
    context = typer.Context(group, info_name=name, parent=parent)
    if list(_rows(group, context)):
        yield group, context
    for child in sorted(group.commands):
        command = group.commands[child]
        if isinstance(command, TyperGroup):
            yield from commands_of(command, child, context)
        elif isinstance(command, TyperCommand):
            yield (
                command,
                typer.Context(command, info_name=child, parent=context),
            )


def _section(command: Command, context: typer.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield f"{' '.join((command.help or '').split())}\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"    {context.command_path} {usage}".rstrip() + "\n"
    rows = list(_rows(command, context))
    if rows:
        yield "| argument or option | what it does |"
        yield "| --- | --- |"
        yield from rows
        yield ""
    yield from _examples(command)


def _rows(command: Command, context: typer.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[0] != HELP_OPTION:
            shown, what = map(_cell, record)
            yield f"| `{shown}` | {what} |"


def _examples(command: Command) -> Iterator[str]:
    text = Text.from_markup(command.epilog or "").plain
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        if paragraph.strip() and paragraph.strip() != EXAMPLES_TITLE:
            yield "    " + " ".join(line.strip() for line in lines).strip()
    yield ""


def _cell(text: str) -> str:
    plain = Text.from_markup(text).plain
    return " ".join(plain.replace("|", r"\|").split())
