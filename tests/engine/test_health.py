"""What a person is told of how things stand: counts and numbers, and what to do."""

from dataclasses import replace

import pytest

from reconciler.core.absence import STASH
from reconciler.core.wording import moment
from reconciler.engine.health import Daemon, HealthItem, Trouble, health
from reconciler.engine.status import AtWork, Hold, Status, Tried
from state.records import DeadLetterRecord, FailureRecord, OutageRecord
from state.restorations import RestorationRecord

NOW = 1_760_000_000
NAME = "Glacier, the film"
"""Stands wherever a title may be."""

OUTAGE = OutageRecord(
    server="plex",
    began=NOW,
    failures=3,
    rests=1,
    rests_until=NOW + 10,
    asked_until=0,
    is_of_write=False,
    kind="unreachable",
    cause=NAME,
)


def letter(scene: int) -> DeadLetterRecord:
    return DeadLetterRecord(
        link=scene,
        field="title",
        scene=scene,
        target=1,
        revision=1,
        attempts=1,
        first_at=NOW,
        buried_at=NOW,
        failure=FailureRecord(error=NAME, kind="permanent"),
    )


def told(status: Status, daemon: Daemon | None = None) -> dict[str, str]:
    """Map types to messages; no type may come twice."""
    items = health(status, NOW + 3600, daemon)
    assert len({item.type for item in items}) == len(items)
    return {item.type.value: item.message for item in items}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (Status(held=(7,), holds=()), {"held pass": "the brake holds pass 7"}),
        (
            Status(doubts={STASH: NAME}),
            {"doubt": "what stash says is not believed"},
        ),
        (
            Status(doubts={NAME: NAME}),
            {"doubt": "what a library lists is not believed"},
        ),
        (
            Status(doubts={NAME: NAME, "Shorts": NAME}),
            {"doubt": "what 2 libraries list is not believed"},
        ),
        (Status(doubts={STASH: NAME, NAME: NAME}, believed=(STASH, NAME)), {}),
        (
            Status(outages=(OUTAGE,)),
            {"outage": f"plex cannot be asked since {moment(NOW)}: no connection"},
        ),
        (
            Status(outages=(replace(OUTAGE, is_of_write=True, kind="busy"),)),
            {"outage": f"plex takes no writes since {moment(NOW)}: no time for it"},
        ),
        (
            Status(outages=(replace(OUTAGE, kind="resting"),)),
            {"outage": f"plex cannot be asked since {moment(NOW)}"},
        ),
        (
            Status(outages=(replace(OUTAGE, kind="stranger"),)),
            {"outage": f"who answers for plex since {moment(NOW)} is not it"},
        ),
        (
            Status(outages=(replace(OUTAGE, kind="unauthorised"),)),
            {"unauthorised": f"plex does not take our key since {moment(NOW)}"},
        ),
        (Status(outages=(replace(OUTAGE, ended=NOW + 1),)), {}),
        (
            Status(dead=1, letters=(letter(3),)),
            {"dead letters": "1 field was given up, of scene 3"},
        ),
        (
            Status(dead=3, letters=(letter(3), letter(2), letter(3))),
            {"dead letters": "3 fields were given up, of scenes 3, 2"},
        ),
        (
            Status(dead=9, letters=tuple(map(letter, range(1, 7)))),
            {
                "dead letters": "9 fields were given up, of scenes 1, 2, 3, 4, 5"
                " and others"
            },
        ),
        (
            Status(dead=2, letters=(letter(3),)),
            {"dead letters": "2 fields were given up, of scene 3 and others"},
        ),
        (
            Status(conflicts=1),
            {"conflicts": "1 field is left as somebody has it in Plex"},
        ),
        (
            Status(conflicts=2),
            {"conflicts": "2 fields are left as somebody has them in Plex"},
        ),
        (
            Status(contested=2),
            {"contested": "2 items are claimed by several scenes and not written"},
        ),
        (
            Status(paused=NOW),
            {"paused": f"nothing is written since {moment(NOW)}"},
        ),
        (Status(paused=0), {"paused": "nothing is written"}),
        (
            Status(waiting={NAME: 1, "Shorts": 2}),
            {"waiting": "3 scenes wait for an item in Plex"},
        ),
        (Status(waiting={NAME: 1}), {"waiting": "1 scene waits for an item in Plex"}),
        (Status(waiting={NAME: 0}), {}),
        (Status(scenes=5, links={"linked": 5}, lulls=("quiet hours",)), {}),
    ],
)
def test_a_trouble_is_a_sentence_with_counts_and_numbers(
    status: Status, message: dict[str, str]
) -> None:
    assert told(status) == message


EVERYTHING = Status(
    held=(7, 9),
    holds=(Hold(number=7, reasons=(NAME,)),),
    doubts={STASH: NAME, NAME: NAME},
    doubted_since={STASH: NOW, NAME: NOW + 1},
    outages=(OUTAGE, replace(OUTAGE, server=STASH, kind="unauthorised")),
    dead=1,
    letters=(letter(3),),
    conflicts=1,
    contested=1,
    paused=NOW,
    waiting={NAME: 1},
    fields={"kept: locked": 3},
    restored=RestorationRecord(id=1, at=NOW, made_at=NOW - 99),
    at_work=AtWork(command="run", since=NOW),
    retrying=1,
    tried=(
        Tried(
            library=NAME,
            item="7",
            name=NAME,
            scene=3,
            fields=("title",),
            attempts=2,
            error=NAME,
            not_before=NOW + 60,
        ),
    ),
)


def test_no_item_tells_a_name_or_what_a_server_said() -> None:
    for item in health(EVERYTHING, NOW, Daemon(poll=60, refused=1, is_stopping=True)):
        assert NAME not in f"{item.message} {item.hint} {item.about}"


def test_each_item_is_about_something_of_its_own_and_says_what_to_do() -> None:
    items = health(EVERYTHING, NOW, Daemon(poll=60, refused=2))

    abouts = [item.about for item in items]
    assert len(set(abouts)) == len(abouts)
    assert all(abouts)
    assert [item.hint for item in items if "`plexsync " not in item.hint] == []


@pytest.mark.parametrize("at_work", [None, "run"])
def test_a_daemon_is_to_be_told_that_its_key_was_corrected(at_work: str | None) -> None:
    writer = None if at_work is None else AtWork(command=at_work, since=NOW)
    shut_out = replace(OUTAGE, kind="unauthorised")

    (item,) = health(Status(outages=(shut_out,), at_work=writer), NOW)

    assert item.type is Trouble.UNAUTHORISED
    assert "correct [plex] token" in item.hint
    assert ("`systemctl reload plexsync`" in item.hint) == (at_work == "run")


@pytest.mark.parametrize(
    ("at_work", "daemon", "then"),
    [
        (None, None, "the next `plexsync reconcile` goes on"),
        ("reconcile", None, "the next `plexsync reconcile` goes on"),
        ("run", None, "all goes on by itself"),
        (None, Daemon(poll=60), "all goes on by itself"),
    ],
)
def test_after_an_outage_only_a_daemon_goes_on_by_itself(
    at_work: str | None, daemon: Daemon | None, then: str
) -> None:
    writer = None if at_work is None else AtWork(command=at_work, since=NOW)
    items = health(Status(outages=(OUTAGE,), at_work=writer), NOW, daemon)

    (hint,) = [item.hint for item in items if item.type is Trouble.OUTAGE]
    assert hint == f"once it answers, {then}; `plexsync check` tries it now"


def test_what_an_item_is_about_outlives_its_words() -> None:
    """So that one who was told of it knows it again."""
    (before,) = health(Status(outages=(OUTAGE,)), NOW)
    shut = replace(OUTAGE, kind="unauthorised", began=NOW + 60)
    (after,) = health(Status(outages=(shut,)), NOW)

    assert (before.about, before.type) == ("plex", Trouble.OUTAGE)
    assert (after.about, after.type) == ("plex", Trouble.UNAUTHORISED)
    assert (before.since, after.since) == (NOW, NOW + 60)


def test_a_state_that_was_put_back_is_told_until_it_has_caught_up_and_for_a_day() -> (
    None
):
    one = RestorationRecord(id=1, at=NOW, made_at=NOW - 99)
    anew = replace(one, made_at=None, ended=NOW + 60)

    def told(record: RestorationRecord, now: int) -> list[tuple[str, str]]:
        items = health(Status(restored=record), now)
        found = [item for item in items if item.type is Trouble.RESTORED]
        return [(item.message, item.hint) for item in found]

    ((sentence, hint),) = told(one, NOW + 10**6)
    assert sentence.startswith("the state was put back to that of ")
    assert hint.endswith(
        "; what it would write is a held pass, until `plexsync approve`"
    )
    ((other, hint),) = told(anew, NOW + 86399)
    assert other.startswith("the state was begun anew, at ")
    assert hint == "ask again for what was undone, released or settled since"
    assert told(anew, NOW + 86400) == []


def test_a_doubt_stands_since_the_first_of_its_libraries() -> None:
    since = {NAME: NOW + 5, "Shorts": NOW + 2}
    status = Status(doubts=dict.fromkeys(since, "why"), doubted_since=since)

    (item,) = health(status, NOW)

    assert (item.count, item.since) == (2, NOW + 2)


# of a daemon


@pytest.mark.parametrize(
    ("daemon", "message"),
    [
        (Daemon(poll=60), {"starting": "stash has not been asked yet"}),
        (Daemon(poll=60, polled_at=NOW, silence=180), {}),
        (
            Daemon(poll=60, polled_at=NOW, silence=181),
            {
                "stale": f"stash was last asked at {moment(NOW)}, and is to be every"
                " 60 seconds"
            },
        ),
        (
            Daemon(poll=60, silence=181),
            {"stale": "stash was not asked yet, and is to be every 60 seconds"},
        ),
        (Daemon(poll=1, polled_at=NOW, silence=60), {}),
        (
            Daemon(poll=60, polled_at=NOW, refused=1),
            {
                "configuration refused": "the configuration has 1 mistake and was not"
                " taken: that before it holds"
            },
        ),
        (
            Daemon(poll=60, silence=1000, is_stopping=True),
            {"stopping": "plexsync is stopping"},
        ),
    ],
)
def test_a_daemon_tells_of_itself(daemon: Daemon, message: dict[str, str]) -> None:
    assert told(Status(), daemon) == message


def test_an_outage_of_stash_says_by_itself_why_it_was_not_asked() -> None:
    status = Status(outages=(replace(OUTAGE, server=STASH),))

    assert list(told(status, Daemon(poll=60, silence=1000))) == ["outage"]
    assert list(told(Status(outages=(OUTAGE,)), Daemon(poll=60))) == [
        "starting",
        "outage",
    ]


def test_what_is_stale_is_so_since_the_last_answer() -> None:
    daemon = Daemon(poll=60, polled_at=NOW - 7200, silence=300.7)
    (item,) = health(Status(), NOW, daemon)

    assert item.since == NOW - 300


def test_parts_of_the_daemon_have_their_say() -> None:
    mine = HealthItem(type=Trouble.UNHEARD, message="nobody listens", hint="free it")
    daemon = Daemon(poll=60, polled_at=NOW, more=(mine,))

    assert health(Status(), NOW, daemon) == (mine,)
    assert daemon.is_ready


@pytest.mark.parametrize(
    ("daemon", "is_ready"),
    [
        (Daemon(poll=60), False),
        (Daemon(poll=60, polled_at=NOW), True),
        (Daemon(poll=60, polled_at=NOW, silence=180), True),
        (Daemon(poll=60, polled_at=NOW, silence=181), False),
        (Daemon(poll=60, polled_at=NOW, is_stopping=True), False),
        (Daemon(poll=60, polled_at=NOW, refused=3), True),
    ],
)
def test_a_daemon_is_ready_while_it_polls(
    daemon: Daemon,
    is_ready: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    assert daemon.is_ready is is_ready
