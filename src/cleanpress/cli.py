"""The command line: a thin face of the library.

Help must answer at once, so nothing heavy is imported here: a subcommand's module comes when it is
called, and the stages come when it runs.
"""

from __future__ import annotations

import importlib
import sys

import click

from cleanpress import __version__
from cleanpress.errors import CleanpressError, OutputError, UsageError

COMMANDS = {
    "run": "Clean scanned pages: their articles, and a record of every change.",
    "config": "Show the settings that are in force, and where each comes from.",
    "verify": "Prove that nothing was lost or invented in a folder that run wrote.",
    "report": "Add a report to a folder that run wrote, to read in a browser.",
    "diff": "Show what was changed, place by place or rule by rule.",
    "undo": "Take back what a rule changed in a finished folder.",
    "rules": "List the rules: what each is for, with examples.",
    "dedup": "Set aside the copies in a corpus, also those that OCR read differently.",
    "evaluate": "Measure the articles of a folder against gold pages of your own.",
    "train": "Train a character language model on clean text of your own.",
}
"""The subcommands and their one line of help, so that the list needs no import."""

FINDING, WRONG_USE, INTERRUPTED = 1, 2, 130

EXIT_CODES = """\b
Exit codes:
  0    all is well
  1    a finding, or a page that could not be cleaned
  2    wrong use, or a place that cannot be written; nothing was changed
  130  interrupted; nothing is left half-written"""


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"cleanpress.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, "--version", prog_name="cleanpress", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn the OCR heap of a Chinese newspaper page back into articles.

    \b
    cleanpress run page.txt -o clean     the articles of a page, in the folder clean
    cleanpress verify clean              the proof that nothing was lost
    """


def main() -> None:
    """Entry point: every outcome is an exit code, every error one line on standard error."""
    try:
        code = cli.main(prog_name="cleanpress", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("cleanpress: interrupted; nothing is left half-written", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except CleanpressError as error:
        click.echo(f"cleanpress: {error}", err=True)
        code = WRONG_USE if isinstance(error, (UsageError, OutputError)) else FINDING
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); there is nobody left to tell.
        sys.stderr.close()
        code = FINDING
    sys.exit(code if isinstance(code, int) else 0)
