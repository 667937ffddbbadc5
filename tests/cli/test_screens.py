"""What a person sees: at a terminal, and in a pipe."""

import io
import os
import pty
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.engine.health import health
from reconciler.engine.report import Content
from reconciler.engine.status import Status, Tried
from reconciler.engine.troubles import HealthItem
from reconciler.render.paper import pair, paper
from reconciler.render.standing import show_status
from state.ledger import Ledger
from state.lock import WriterLock
from state.records import EntryRecord, OutageRecord, Stage
from tests.cli.desk import Desk

_ORDER = "the same, in another order"
START = 4_000_000_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")


def at(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def at_a_terminal(desk: Desk, *arguments: str, **env: str) -> str:
    """Run a command with a terminal on all its streams; return what that showed."""
    ours, theirs = pty.openpty()
    shown = b""
    environment = desk.environment(TERM="xterm-256color", COLUMNS="100", **env)
    with desk.start(
        *arguments, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ):
        os.close(theirs)
        # the last reader gets an error where the terminal's other end is closed
        with suppress(OSError):
            while chunk := os.read(ours, 65536):
                shown += chunk
    os.close(ours)
    desk.heard(shown.decode())
    return shown.decode()


def test_a_pipe_gets_whole_plain_lines(desk: Desk) -> None:
    """Nothing is folded, every line says which item, and nothing is coloured."""
    summary = "A very long line about the valley and the rivers in it, " * 4
    desk.scene("one", details=summary)

    said = desk.process("plan")

    lines = said.out.splitlines()
    assert "\x1b" not in said.out + said.err
    assert lines[0] == "found in plex: 2 fields"
    assert re.split(r"  +", lines[1]) == [
        "scene",
        "name",
        "field",
        "has",
        "is to have",
        "because",
    ]
    (row,) = [line for line in lines if " summary " in line]
    assert row.split()[:2] == ["1", "one"]
    assert row.endswith("…  not set in plex")
    assert all(line == line.rstrip() for line in lines)
    assert "1 item would be written (2 fields)" in lines
    assert said.err.splitlines() == [
        "listing Films: 1",
        "reading stash: 1",
        "looking at plex: 1",
    ]


def test_a_terminal_gets_a_bar_that_goes_away(desk: Desk) -> None:
    desk.scene("one")

    shown = at_a_terminal(desk, "reconcile")

    assert "looking at what is owed" in shown
    assert _COLOUR.search(shown)
    assert "1 item written (2 fields)" in shown
    assert "listing Films: 1" not in shown


def test_no_color_is_kept_to(desk: Desk) -> None:
    desk.scene("one")

    shown = at_a_terminal(desk, "reconcile", NO_COLOR="1")

    assert "1 item written (2 fields)" in shown
    assert not _COLOUR.search(shown)


def test_numbers_stand_to_the_right(desk: Desk) -> None:
    for number in range(11):
        desk.scene(f"reel-{number}")
    desk.done("reconcile")
    desk.plex.person.edit(desk.key("reel-3"), title="Mine")

    said = desk.done("plan", "--full")

    assert "  21  already equal\n   1  edited in plex\n" in said.out


def test_long_sets_show_what_differs_in_them(desk: Desk) -> None:
    names = [f"A habitat of its own, number {number}" for number in range(9)]
    tags = tuple(desk.stash.create_tag(name) for name in names)
    desk.scene("one", tag_ids=tags[:8])
    desk.done("reconcile")
    desk.stash.update_scene(1, tag_ids=tags[1:])
    desk.scene("two", tag_ids=tags)

    said = desk.done("plan")
    desk.done("reconcile")

    assert re.search(rf"genres +8 in all +\+{names[8]} and 1 more +changed", said.out)
    assert re.search(rf"genres +0 in all +\+{names[0]} and 8 more +not set", said.out)
    assert f"+{names[8]} and 1 more" in desk.done("history", "--scene", "1").out
    said = desk.done("undo", "--scene", "1", "--dry-run")
    assert re.search(rf"genres +8 in all +-{names[1]} and 7 more +undone", said.out)


@pytest.mark.parametrize(
    ("old", "new", "lock", "cells"),
    [
        ((), ("A",), True, ("-", "A")),
        (("A" * 50, "B" * 20), ("b" * 20, "C"), None, ("2 in all", f"+C, -{'A' * 50}")),
        (("A" * 61, "B"), ("B", "A" * 61), None, (f"{'A' * 59}…", _ORDER)),
        (("A" * 61,), ("A" * 61,), None, (f"{'A' * 59}…", "the same")),
        (("A" * 61,), ("A" * 61,), True, (f"{'A' * 59}…", "the same, locked")),
        ("old", "old", False, ("old", "the same, unlocked")),
        ("A" * 61, "new", True, (f"{'A' * 59}…", "new")),
        ((), ("A" * 61, "B"), None, ("0 in all", f"+{'A' * 61} and 1 more")),
    ],
)
def test_a_table_has_two_cells_for_what_a_field_has_and_is_to_have(
    old: Content,
    new: Content,
    lock: bool | None,  # noqa: FBT001 - pytest gives it by name
    cells: tuple[str, str],
) -> None:
    assert pair(old, new, lock=lock) == cells


def test_names_cannot_steer_the_terminal(desk: Desk) -> None:
    desk.scene("one", title="\x1b[2JGone [red]bold[/red] :smile:")

    shown = at_a_terminal(desk, "plan")

    assert "\x1b[2J" not in shown
    assert "[2JGone [red]bold[/red] :smile:" in shown


def test_changes_are_grouped_by_what_caused_them(desk: Desk) -> None:
    """An item that is new to Plex comes under another heading than an edit."""
    desk.scene("one")
    desk.done("reconcile")
    desk.stash.update_scene(1, title="Edited")
    desk.scene("two")

    said = desk.done("plan")

    headings = [line for line in said.out.splitlines() if line.endswith(" fields")]
    assert headings == ["found in plex: 2 fields"]
    assert "changed in stash: 1 field\n" in said.out


def test_a_long_plan_is_cut_at_an_item(desk: Desk) -> None:
    for number in range(105):
        desk.scene(f"reel-{number:03}")

    said = desk.done("plan")

    assert "... and 10 more; --json shows all of them" in said.out
    assert "105 items would be written (210 fields)" in said.out
    assert len(desk.done("plan", "--json").document["changes"]) == 210


def test_a_plan_that_saw_too_little_says_so(desk: Desk) -> None:
    desk.scene("one")
    desk.plex_server.stop()

    said = desk.run("plan")

    desk.plex_server.start()
    assert said.code == 1
    assert "not all could be looked at; so far, 0 items would be written" in said.out


def test_status_before_anything_is_known(desk: Desk) -> None:
    assert desk.done("status").out == (
        "nothing is known yet: run `plexsync reconcile`\n"
    )


def test_status_says_how_things_stand(desk: Desk) -> None:
    desk.scene("one")
    desk.scene("two", in_plex=False)
    desk.done("reconcile")

    said = desk.done("status").out

    lines = [
        r"scenes +2 known; read up to [-\d]+ [:\d]+ UTC",
        r"links +1 item in Plex",
        r"waiting +1 scene waits for an item in Plex; `plexsync check` says why",
        r" +1 in Films",
        r"last pass +1, [-\d]+ [:\d]+ UTC: done, 1 item written",
    ]
    for line in lines:
        assert re.search(f"^{line}$", said, re.MULTILINE)
    assert "fields\n  2  written: not set in plex\n" in said


def test_status_tells_a_pass_under_way_from_one_that_was_cut_short(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    with Ledger(desk.state) as ledger:
        ledger.passes.begin("reconcile", now=START + 60)
    lock = WriterLock(desk.state).acquire(command="reconcile", since=at(START + 59))
    under_way = desk.done("status")
    listed = desk.done("passes", "--json").document["passes"]
    lock.release()
    lock = WriterLock(desk.state).acquire(command="reconcile", since=at(START + 61))
    of_another = desk.done("status")
    lock.release()
    cut_short = desk.done("status")

    assert "under way\n" in under_way.out
    first = [said.out.splitlines()[0].split() for said in (under_way, cut_short)]
    assert first[0][:5] == ["at", "work", "`plexsync", "reconcile`", "since"]
    assert first[1] == ["daemon", "not", "running"]
    assert [one["under_way"] for one in listed] == [True, False]
    for said in (of_another, cut_short):
        assert "was cut short; `plexsync reconcile` goes on from there\n" in said.out
    assert not desk.done("status", "--json").document["under_way"]
    assert "cut short" in desk.done("passes").out


def shown(status: Status, *items: HealthItem, now: int) -> list[str]:
    stream = io.StringIO()
    show_status(paper(stream=stream), status, items, now=now)
    return stream.getvalue().splitlines()


TRIED = Tried(
    library="Films",
    item="7",
    name="one",
    scene=3,
    fields=("genres", "title"),
    attempts=2,
    error="Plex has not answered",
    not_before=START + 60,
)


@pytest.mark.parametrize(
    ("released", "retrying", "words"),
    [
        (2, 0, "2 items"),
        (1, 1, "1 item, tried in vain so far"),
        (2, 2, "2 items, all tried in vain so far"),
        (2, 1, "2 items, 1 of them tried in vain so far"),
    ],
)
def test_status_tells_how_many_items_were_tried_in_vain(
    released: int, retrying: int, words: str
) -> None:
    status = Status(outbox={"released": released}, retrying=retrying)

    assert f"owed           {words}" in shown(status, now=START)


def test_status_says_of_items_tried_in_vain_why_and_when_they_are_again() -> None:
    first = replace(TRIED, attempts=1, not_before=START, fields=("title",))
    status = Status(outbox={"released": 4}, retrying=4, tried=(first, TRIED))

    once = "tried once, again with the next pass"
    twice = "tried 2 times, again not before 2096-10-02 07:07:40 UTC"

    lines = shown(status, now=START)

    place = lines.index("owed           4 items, all tried in vain so far")
    assert [line.strip() for line in lines[place + 1 : place + 4]] == [
        f"Films, one (scene 3): title; {once}: Plex has not answered",
        f"Films, one (scene 3): genres, title; {twice}: Plex has not answered",
        "... and 2 more",
    ]


def test_status_names_at_most_five_items_that_were_tried_in_vain(desk: Desk) -> None:
    for number in range(7):
        desk.scene(f"reel-{number}")
    desk.done("reconcile")
    with Ledger(desk.state) as ledger:
        links = ledger.links.at((1, str(desk.key(f"reel-{n}"))) for n in range(7))
        number = ledger.passes.begin("reconcile", now=START)
        for link in links:
            entry = EntryRecord(
                link=link.id,
                target=link.target,
                fields=("title",),
                revision=1,
                stage=Stage.RELEASED,
                cause="changed in stash",
                pass_id=number,
            )
            ledger.outbox.owe(entry, now=START)
            ledger.outbox.postpone(
                link.id, not_before=START + link.id, error="no answer", now=START
            )

    lines = desk.done("status").out.splitlines()
    document = desk.done("status", "--json").document

    assert lines.index("               ... and 2 more")
    assert [one["name"] for one in document["tried"]] == [f"reel-{n}" for n in range(5)]
    assert document["retrying"] == 7


def test_status_tells_outages_that_go_on_and_that_are_over(desk: Desk) -> None:
    desk.scene("one")
    desk.done("reconcile")
    desk.plex_server.stop()
    desk.run("reconcile", "--full")
    out = desk.done("status").out
    desk.plex_server.start()
    desk.done("reconcile", "--full")
    over = desk.done("status").out

    moment = r"[-\d]+ [:\d]+ UTC"
    goes_on = rf"^outage +plex cannot be asked since {moment}: no connection; .*\n"
    rests = rf" +left alone until {moment}: Plex at .* cannot be reached"
    assert re.search(goes_on + rests, out, re.MULTILINE)
    was_out = rf"^was out +plex, {moment} to {moment}"
    why = r"Plex at [^ ]+ cannot be reached \(.*\)"
    assert re.search(f"{was_out}: {why}$", over, re.MULTILINE)


OUT = OutageRecord(
    server="plex",
    began=START - 60,
    failures=1,
    rests=1,
    rests_until=START + 10,
    asked_until=0,
    is_of_write=False,
    kind="transient",
    cause="plex failed: look into its log",
)


@pytest.mark.parametrize(
    ("rests_until", "words"),
    [(START + 10, "left alone until 2096-10-02 07:06:50 UTC: "), (START, "")],
)
def test_status_says_of_a_server_until_when_it_is_left_alone_if_it_is(
    rests_until: int, words: str
) -> None:
    status = Status(outages=(replace(OUT, rests_until=rests_until),))

    lines = shown(status, *health(status, START), now=START)

    assert lines[-1].strip() == f"{words}{OUT.cause}"


def test_status_has_below_the_troubles_the_last_three_outages_that_are_over() -> None:
    over = [
        replace(OUT, began=START - n, ended=START, cause=cause)
        for n, cause in enumerate(["it was: off", "no advice: a: do it", "lost", "x"])
    ]
    status = Status(outages=(OUT, *over))

    lines = shown(status, *health(status, START), now=START)

    assert [line[:15].strip() for line in lines[-5:]] == [
        "outage",
        "",
        "was out",
        "was out",
        "was out",
    ]
    until = "2096-10-02 07:06:40 UTC"
    assert [line.partition(f"to {until}: ")[2] for line in lines[-3:]] == [
        "it was",
        "no advice: a",
        "lost",
    ]


def test_a_listing_of_what_is_new_counts_each_item_once(desk: Desk) -> None:
    """Though Plex tells of it twice, as added and as changed."""
    desk.scene("one")
    desk.done("reconcile")
    for stem in ("two", "three"):
        desk.scene(stem)

    said = desk.done("reconcile")

    assert said.err.splitlines()[0] in {"reading stash: 2", "reading stash: 3"}
    assert "listing Films: 3\n" in said.err  # within the margin, the first as well


def test_status_does_not_call_adopted_what_nobody_adopted(desk: Desk) -> None:
    desk.scene("one", title="one", details="")
    desk.done("reconcile")

    assert "  1  not ours: already equal\n" in desk.done("status").out
    fields = desk.done("status", "--json").document["fields"]
    assert fields == {"adopted: already equal": 1}


def test_passes_are_listed_for_who_wants_to_undo_one(desk: Desk) -> None:
    assert desk.done("passes").out == "no pass has done anything yet\n"
    desk.scene("one")
    desk.done("reconcile")
    desk.scene("two")
    desk.done("reconcile")

    lines = desk.done("passes").out.splitlines()

    assert re.split(r"  +", lines[0].strip()) == [
        "pass",
        "when",
        "what",
        "items written",
        "came to",
    ]
    assert re.fullmatch(r" +2  [-\d]+ [:\d]+ UTC  reconcile +1  done", lines[1])
    assert len(desk.done("passes", "--limit", "1", "--json").document["passes"]) == 1


def test_status_names_a_library_that_plex_does_not_have(desk: Desk) -> None:
    desk.scene("one")
    desk.configure(plex={"libraries": ["Films", "Flims"]})
    desk.run("reconcile")
    missing = desk.done("status")
    document = desk.done("status", "--json").document
    desk.run("reconcile")  # what plex makes of the first is seen by the second
    before = desk.state.read_bytes()
    desk.run("reconcile")
    again = desk.state.read_bytes()
    desk.configure(plex={"libraries": ["Films"]})
    desk.done("reconcile", "--full")

    first, second = missing.out.splitlines()[-2:]
    assert first.startswith("library missing a library that the configuration names")
    assert second.split() == ["Flims"]
    assert list(document["missing"]) == ["Flims"]
    assert before == again
    assert desk.done("status", "--json").document["missing"] == {}
