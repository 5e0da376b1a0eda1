"""docs/commands.md, printed from the command line itself."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from wardlink.cli import build

_HEAD = """# Commands

Printed from the command line by `python -m docs`. `wardlink COMMAND --help` shows the same in the terminal. A command
that cannot do what it is asked says why and what to do, on the error stream, and ends with exit code 1.
"""


def text() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_contents(), "", *_chapters())).rstrip() + "\n"


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its words, in the order of `wardlink --help`."""
    return _below((), typer.main.get_command(build()))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
        return
    for name, each in inner.items():
        if not each.hidden:
            yield from _below((*words, name), each)


def _contents() -> Iterator[str]:
    yield "| command | |"
    yield "|---|---|"
    for words, command in commands():
        name = " ".join(words)
        yield f"| [`{name}`](#wardlink-{'-'.join(words)}) | {command.get_short_help_str(200)} |"


def _chapters() -> Iterator[str]:
    for words, command in commands():
        yield from _chapter(words, command)


def _chapter(words: Sequence[str], command: Any) -> Iterator[str]:
    name = " ".join(("wardlink", *words))
    yield f"## {name}"
    yield ""
    yield inspect.cleandoc(command.help or "")
    yield ""
    yield "```"
    yield " ".join((name, *_usage(command)))
    yield "```"
    yield ""
    told = [parameter for parameter in command.params if not _is_help(parameter)]
    if told:
        yield "| | | default |"
        yield "|---|---|---|"
        yield from map(_line, told)
        yield ""


def _usage(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if _is_option(parameter) and not _is_help(parameter):
            yield "[OPTIONS]"
            break
    for parameter in command.params:
        if not _is_option(parameter):
            word = _metavar(parameter)
            yield word if parameter.required else f"[{word}]"


def _line(parameter: Any) -> str:
    said = str(getattr(parameter, "help", "") or "").replace("|", "\\|")
    return f"| {_spelling(parameter)} | {said} | {_default(parameter)} |"


def _spelling(parameter: Any) -> str:
    if not _is_option(parameter):
        return f"`{_metavar(parameter)}`"
    value = "" if parameter.is_flag else f" {(parameter.name or '').upper()}"
    return ", ".join(f"`{each}{value}`" for each in parameter.opts)


def _metavar(parameter: Any) -> str:
    word = (parameter.name or "").rstrip("_").upper()
    return f"{word}…" if parameter.nargs == -1 else word


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if parameter.default in (None, False, "", ()):
        return ""
    return f"`{parameter.default}`"


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _is_help(parameter: Any) -> bool:
    return bool(parameter.name == "help")
