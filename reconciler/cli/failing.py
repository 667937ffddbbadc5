"""How every failure reaches the operator: sentences, a whole document, an exit code."""

import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import click

from reconciler import logs
from reconciler.cli.options import is_json
from reconciler.cli.setting import Exit, Setting
from reconciler.core.errors import PlexsyncError, UserError
from reconciler.render import paper
from reconciler.render.document import Document
from state.errors import HeldError, StateError

_INTERRUPTED = "interrupted: what was done is recorded; run again to go on from there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a failure is told as."""

    sentences: Sequence[str]
    code: Exit

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Class an exception by what its exit code says."""
        match error:
            case UserError():
                return cls(sentences=error.problems, code=Exit.USAGE)
            case click.UsageError():
                return cls(sentences=[_usage(error)], code=Exit.USAGE)
            case HeldError():
                return cls(sentences=[str(error)], code=Exit.TAKEN)
            case KeyboardInterrupt():
                return cls(
                    sentences=[str(error) or _INTERRUPTED], code=Exit.INTERRUPTED
                )
            case OSError():
                return cls(sentences=[_refused(error)], code=Exit.FAILED)
            case _:
                return cls(sentences=[str(error)], code=Exit.FAILED)


_BROKEN = Failure(
    sentences=["plexsync itself has failed: report what standard error says"],
    code=Exit.FAILED,
)


class Command(click.Command):
    """A command whose document is whole, however the command ends."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; no failure that has a name shows a traceback."""
        setting: Setting = ctx.obj
        if is_json(ctx):
            setting.document = Document(sys.stdout, str(ctx.info_name))
        try:
            with told(setting.document):
                return _flushed(super().invoke, ctx)
        finally:
            # whatever else befell us: a fault of our own shows its traceback
            _close(setting.document, _BROKEN)


class Commands(click.Group):
    """The group that they are in: a wrong command line is told as the rest is."""

    command_class = Command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        with told(None):
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that the line names."""
        with told(None):
            return super().invoke(ctx)


@contextmanager
def told(document: Document | None) -> Iterator[None]:
    """End *document* and say what went wrong, in one sentence for each problem."""
    try:
        yield
    except (BrokenPipeError, click.exceptions.NoArgsIsHelpError):
        raise  # nobody reads any more; the help is what was wanted
    except (
        click.UsageError,
        PlexsyncError,
        StateError,
        OSError,
        KeyboardInterrupt,
    ) as error:
        failure = Failure.of(error)
        complain(failure.sentences)
        _close(document, failure)
        raise click.exceptions.Exit(failure.code) from None


def complain(sentences: Sequence[str], what: str = "error") -> None:
    """Write sentences to standard error."""
    level = logging.ERROR if what == "error" else logging.WARNING
    for sentence in sentences:
        said = f"{what}: {paper.clean(sentence)}"
        click.echo(logs.graded(said, level, sys.stderr, os.environ), err=True)


def _close(document: Document | None, failure: Failure) -> None:
    """End a document that is not ended yet; if nobody takes it, that was said."""
    if document is None:
        return
    with suppress(OSError):
        problems = list(failure.sentences)
        document.close({"exit_code": failure.code, "problems": problems})
        sys.stdout.flush()


def _flushed(invoke: Callable[[click.Context], object], ctx: click.Context) -> object:
    """Find out that nobody takes the output while there is someone to tell it."""
    try:
        return invoke(ctx)
    finally:
        sys.stdout.flush()


def _usage(error: click.UsageError) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    command = error.ctx.command_path if error.ctx else "plexsync"
    return f"{message[:1].lower()}{message[1:]}; `{command} --help` tells more"


def _refused(error: OSError) -> str:
    where = f" {error.filename}" if error.filename else ""
    reason = error.strerror or "it did not say why"
    advice = "free some space" if error.errno == errno.ENOSPC else "see to that"
    return f"the system refused to go on{where}: {reason.lower()}; {advice}, run again"
