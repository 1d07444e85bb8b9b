"""Every command of ``portal`` brings its own application; the other tests run inside one and would not miss it."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from flask import has_app_context
from flask.cli import ScriptInfo, with_appcontext

from portal.cli import cli


class ApplicationAskedFor(Exception):
    pass


def runnable(command: click.Command, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Name and command of all that do something, below groups as well."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from runnable(inner, *path, name)
        if not command.invoke_without_command or not path:
            return
    yield " ".join(path), command


COMMANDS = dict(runnable(cli))
# These run on computers where there is no portal: without settings, database or folder.
WITHOUT_APPLICATION = {"code"}


def asks_for_the_application(command: click.Command) -> bool:
    """Whether the command loads the application before a line of its own runs, which would lack its arguments here."""

    def load_app() -> None:
        raise ApplicationAskedFor

    assert not has_app_context()
    script = ScriptInfo(create_app=load_app)
    assert command.callback is not None
    try:
        with click.Context(command, obj=script):
            command.callback()
    except ApplicationAskedFor:
        return True
    except (TypeError, RuntimeError):
        return False
    return False


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_brings_its_application(name: str) -> None:
    assert asks_for_the_application(COMMANDS[name]) == (name not in WITHOUT_APPLICATION)


def test_a_command_that_forgot_it_is_seen() -> None:
    @click.command()
    def bare() -> None:
        pass

    @click.command()
    @click.argument("file")
    def bare_with_argument(file: str) -> None:
        pass

    @click.command()
    @with_appcontext
    def complete() -> None:
        pass

    assert [asks_for_the_application(c) for c in (bare, bare_with_argument, complete)] == [False, False, True]
    assert len(COMMANDS) > 20
