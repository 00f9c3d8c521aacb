"""A click group with a default command, for when the first word isn't a command; ends every run in one way.

`advise facts.json` is the default command; `advise check` is the command `check`, and a facts file of that
name is `./check`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from advise_cli import exits

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_DEFAULT = ""
_FACTS_FILES = (".json", ".yaml", ".yml")


class _DefaultContext(click.Context):
    """The default command has no name of its own."""

    @property
    def command_path(self) -> str:
        return self.parent.command_path if self.parent else ""


class DefaultCommand(click.Command):
    """The command that runs when no command is named; its help is the group's."""

    context_class = _DefaultContext

    def get_help(self, ctx: click.Context) -> str:
        return ctx.parent.get_help() if ctx.parent else super().get_help(ctx)


class DefaultGroup(click.Group):
    """A group with a default command, one help page for both, and one way to end a run.

    `lazy` names for each other command the module that has it under its name; it's imported when it's needed.
    """

    default: click.Command

    def __init__(self, *args: Any, lazy: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = self.lazy.get(cmd_name)
        return super().get_command(ctx, cmd_name) if module is None else getattr(import_module(module), cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for option in self.get_params(ctx) for name in option.opts}
        if args and args[0] not in own and args[0] not in self.lazy:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] == _DEFAULT:
            return _DEFAULT, self.default, args[1:]
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] FACTS...")
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            pieces = " ".join(command.collect_usage_pieces(ctx)) if command else ""
            formatter.write_usage(f"{ctx.command_path} {name}", pieces, prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Options"):
            options = [each for each in self.default.params if isinstance(each, click.Option)]
            options += [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
            formatter.write_dl([row for each in options if (row := each.get_help_record(ctx))])
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The first word: an option, a command, or a facts file."""
        from click.shell_completion import CompletionItem

        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            with self.default.make_context(_DEFAULT, [], parent=ctx, resilient_parsing=True) as inner:
                return self.default.shell_complete(inner, incomplete) + found
        if not os.path.split(incomplete)[0]:
            names = sorted(each.name for each in Path().iterdir() if each.suffix in _FACTS_FILES)
            found += [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Runs and exits: every way in which a run can end has its code, and none has a traceback."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args, *rest, **extra)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except click.Abort:
            code = exits.INTERRUPTED
        except Exception as error:
            click.echo(_internal(error), err=True)
            code = exits.INTERNAL
        sys.exit(code if isinstance(code, int) else exits.DONE)


def _internal(error: Exception) -> str:
    """What to say about a mistake of ours. An error's own words may quote facts, so they need asking for."""
    import traceback

    debug = os.environ.get("ADVISE_DEBUG", "")
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "advise" in Path(each.filename).parent.name]
    where = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "the command"
    said = (
        f"advise: a mistake in advise itself, not in your facts or rules: {type(error).__name__} in {where}. "
        "Please report it; ADVISE_DEBUG=1 shows where it came from, without your facts."
    )
    if not debug:
        return said
    message = f": {error}" if debug == "facts" else ""
    return f"{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}{message}\n{said}"
