"""What goes wrong is one sentence with what to do, and loses nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass

import pytest

from reconciler.cli.setting import Around
from tests.cli.desk import WRONG, Desk
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.stash.model import Status

Break = Callable[[Desk], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A way to break things: who does, the exit code, and words of the sentence."""

    broken: Break
    code: int
    words: tuple[str, ...]


def written(text: str = "", **changes: dict[str, object]) -> Break:
    """Break the configuration."""

    @contextmanager
    def broken(desk: Desk) -> Iterator[None]:
        desk.configure(text, **changes)
        yield
        desk.configure()

    return broken


@contextmanager
def no_config(desk: Desk) -> Iterator[None]:
    text = desk.config.read_text()
    desk.config.unlink()
    yield
    desk.config.write_text(text)
    desk.config.chmod(0o600)


@contextmanager
def stash_down(desk: Desk) -> Iterator[None]:
    desk.stash_server.stop()
    yield
    desk.stash_server.start()


@contextmanager
def plex_down(desk: Desk) -> Iterator[None]:
    desk.plex_server.stop()
    yield
    desk.plex_server.start()


def stash_is(status: Status) -> Break:
    @contextmanager
    def broken(desk: Desk) -> Iterator[None]:
        desk.stash.settings.status = status
        yield
        desk.stash.settings.status = Status.OK

    return broken


@contextmanager
def plex_starting(desk: Desk) -> Iterator[None]:
    desk.plex.model.maintenance = Maintenance.STARTUP
    yield
    desk.plex.model.maintenance = None


@contextmanager
def newer_state(desk: Desk) -> Iterator[None]:
    with closing(sqlite3.connect(desk.state)) as db:
        (table,) = next(
            db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%migrat%'")
        )
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        copied = ", ".join("'9999_later'" if c == "name" else c for c in columns)
        listed = ", ".join(columns)
        if "id" in columns:
            copied = copied.replace("id", "id + 100", 1)
        db.execute(
            f"INSERT INTO {table} ({listed}) SELECT {copied} FROM {table} LIMIT 1"  # noqa: S608 - a test's own names
        )
        db.commit()
        yield
        db.execute(f"DELETE FROM {table} WHERE name = '9999_later'")  # noqa: S608 - see above
        db.commit()


MISTAKES = {
    "no config": Mistake(
        broken=no_config,
        code=2,
        words=("plexsync.toml: no such file", "copy the example plexsync.toml"),
    ),
    "broken TOML": Mistake(
        broken=written("[brake\noverwrites = 1"),
        code=2,
        words=("plexsync.toml: not TOML at line", "correct it there"),
    ),
    "wrong type": Mistake(
        broken=written(plex={"libraries": 7}),
        code=2,
        words=("plex.libraries is not a list", "write it like"),
    ),
    "unknown key": Mistake(
        broken=written(plex={"tokn": WRONG}),
        code=2,
        words=("plex.tokn is not a key", "token"),
    ),
    "bad url": Mistake(
        broken=written(stash={"url": "stash.example:9999"}),
        code=2,
        words=("stash.url", "http://"),
    ),
    "wrong token": Mistake(
        broken=written(plex={"token": WRONG}),
        code=1,
        words=("Plex at http://127.0.0.1", "check [plex] token"),
    ),
    "no token": Mistake(
        broken=written(plex={"token": ""}),
        code=1,
        words=("asks for a token (401) and none is set", "token_file"),
    ),
    "wrong key": Mistake(
        broken=written(stash={"api_key": WRONG}),
        code=1,
        words=("does not take our key", "[stash] api_key"),
    ),
    "stash in setup": Mistake(
        broken=stash_is(Status.SETUP),
        code=1,
        words=("has not been set up", "in a browser, then run again"),
    ),
    "stash in migration": Mistake(
        broken=stash_is(Status.NEEDS_MIGRATION),
        code=1,
        words=("waits to migrate its database", "confirm that in a browser"),
    ),
    "plex starting": Mistake(
        broken=plex_starting, code=1, words=("has no time now (503)", "asked again")
    ),
    "library not found": Mistake(
        broken=written(plex={"libraries": ["Filme"]}),
        code=2,
        words=('no library "Filme"', 'it has "Films", "Shorts"', "[plex] libraries"),
    ),
    "state of a newer version": Mistake(
        broken=newer_state,
        code=1,
        words=("made by a newer plexsync", "install that version"),
    ),
    "state folder not writable": Mistake(
        broken=written(state={"path": "/sys/plexsync/plexsync.db"}),
        code=1,
        words=("cannot write /sys/plexsync", "make it and its folder writable"),
    ),
    "stash down": Mistake(
        broken=stash_down,
        code=1,
        words=("cannot reach Stash at http://127.0.0.1", "is it running"),
    ),
    "plex down": Mistake(
        broken=plex_down,
        code=1,
        words=("Plex at http://127.0.0.1", "cannot be reached", "check that it runs"),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_and_loses_nothing(desk: Desk, name: str) -> None:
    """The edit that was due arrives once the mistake is mended."""
    mistake = MISTAKES[name]
    scene = desk.scene("one")
    desk.done("reconcile")
    desk.stash.update_scene(scene, title="Renamed")
    before = desk.plex.snapshot()

    with mistake.broken(desk):
        said = desk.run("reconcile")
        as_json = desk.run("reconcile", "--json")
        after = desk.plex.snapshot()

    (sentence,) = said.errors
    assert said.code == mistake.code
    assert [word for word in mistake.words if word not in sentence] == []
    assert as_json.code == as_json.document["exit_code"] == mistake.code
    assert [f"error: {p}" for p in as_json.document["problems"]] == [sentence]
    assert as_json.errors == [sentence]
    assert after == before
    desk.done("reconcile")
    assert desk.title("one") == "Renamed"


@pytest.mark.parametrize("command", ["plan", "passes", "check", "approve"])
@pytest.mark.parametrize("name", ["no config", "broken TOML", "unknown key"])
def test_every_command_tells_of_its_configuration(
    desk: Desk, command: str, name: str
) -> None:
    arguments = [command, "1"] if command == "approve" else [command]
    with MISTAKES[name].broken(desk):
        said = desk.run(*arguments)
        as_json = desk.run(*arguments, "--json")

    assert (said.code, said.out, len(said.errors)) == (2, "", 1)
    assert as_json.document == {
        "version": 1,
        "command": command,
        "exit_code": 2,
        "problems": [as_json.errors[0].removeprefix("error: ")],
    }


@pytest.mark.parametrize(
    "name",
    [
        "wrong token",
        "no token",
        "wrong key",
        "stash in setup",
        "stash in migration",
        "plex starting",
        "library not found",
        "stash down",
        "plex down",
    ],
)
def test_check_names_the_same_mistakes(desk: Desk, name: str) -> None:
    mistake = MISTAKES[name]
    with mistake.broken(desk):
        said = desk.run("check")
        as_json = desk.run("check", "--json")

    (sentence,) = said.errors
    assert said.code == as_json.code == as_json.document["exit_code"] == mistake.code
    assert [word for word in mistake.words if word not in sentence] == []
    assert as_json.document["matches"] is None


def test_every_mistake_of_a_file_is_told_at_once(desk: Desk) -> None:
    desk.configure(stash={"url": "nowhere"}, plex={"tokn": WRONG, "libraries": []})

    said = desk.run("plan")

    assert said.code == 2
    assert len(said.errors) == 3


@pytest.mark.parametrize("command", ["status", "pause", "resume"])
def test_what_a_daemon_needs_no_longer_does_not_keep_from_seeing_and_stopping_it(
    desk: Desk, command: str
) -> None:
    """It goes on with the file that it has read; the mistakes are told all the same."""
    desk.scene("one")
    desk.done("reconcile")
    well = desk.run(command)
    desk.configure(stash={"url": "nowhere"}, plex={"tokn": WRONG}, fields={"lock": "?"})

    said = desk.run(command)
    as_json = desk.run(command, "--json")

    mistakes = said.err.splitlines()
    assert (said.code, len(mistakes)) == (0, 3)
    assert all(line.startswith("warning: ") for line in mistakes)
    assert as_json.document["exit_code"] == 0
    told = [line.removeprefix("warning: ") for line in mistakes]
    assert as_json.document["problems"] == told
    if command == "status":
        assert said.out == well.out


@pytest.mark.parametrize("command", ["status", "pause", "resume", "healthcheck"])
def test_a_mistake_about_the_state_does(desk: Desk, command: str) -> None:
    """Whose state it is cannot be told then, nor what a mistyped variable was for."""
    desk.configure(state={"pth": "elsewhere.db"}, plex={"tokn": WRONG})
    said = desk.run(command)
    assert (said.code, said.out, len(said.errors)) == (2, "", 2)

    desk.configure(state={}, plex={"tokn": WRONG})
    assert len(desk.run(command, PLEXSYNC_STATE__PTH="elsewhere.db").errors) == 2
    assert len(desk.run(command).errors) == (command == "healthcheck")

    desk.configure(stat={"path": "elsewhere.db"})
    assert "did you mean state?" in desk.run(command).errors[0]


@pytest.mark.parametrize("command", ["status", "pause", "resume"])
@pytest.mark.parametrize("section", ["schedule", "brake", "health", "hook"])
def test_no_mistake_elsewhere_keeps_a_daemon_from_being_stopped(
    desk: Desk, command: str, section: str
) -> None:
    desk.configure(f'[{section}]\npol = "3s"\n')
    said = desk.run(command)
    assert (said.code, said.err.count("warning: ")) == (0, 1)


def test_what_is_missing_is_told_as_well(desk: Desk) -> None:
    del desk.tables["plex"]
    desk.configure()
    said = desk.run("pause").err
    assert "plex.url is missing" in said
    assert "plex.libraries is missing" in said


def test_no_file_anywhere_says_where_it_was_looked_for(desk: Desk) -> None:
    said = desk.bare("status")

    assert said.code == 2
    assert f"{desk.folder}/.config/plexsync/plexsync.toml" in said.errors[0]
    assert "copy the example plexsync.toml" in said.errors[0]


def test_a_mistyped_variable_is_an_error(desk: Desk) -> None:
    said = desk.run("status", PLEXSYNC_PLEX__TOKN=WRONG)

    assert said.code == 2
    assert "PLEXSYNC_PLEX__TOKEN" in said.errors[0]


def test_a_state_on_a_network_is_refused(desk: Desk) -> None:
    """What is mounted is handed in: no test can mount a network's disk."""
    line = f"36 35 0:32 / {desk.folder} rw - nfs4 nas.example:/home rw"
    around = Around(mounts=lambda: line)

    said = desk.run("reconcile", around=around)
    approved = desk.run("approve", "1", around=around)

    assert said.code == approved.code == 1
    assert "network file system (nfs4)" in said.errors[0]
    assert "set [state] path to a local disk" in said.errors[0]
    assert not desk.state.exists()


@pytest.mark.parametrize("command", ["reconcile", "plan", "check", "status"])
def test_no_log_shows_a_secret(desk: Desk, command: str) -> None:
    """The desk looks for them in all that it hears."""
    desk.scene("one")
    desk.run("--log-level", "debug", command)
    for name in ("wrong token", "wrong key", "plex down"):
        with MISTAKES[name].broken(desk):
            desk.run("--log-level", "debug", command)

    assert len(desk.said) == 4
