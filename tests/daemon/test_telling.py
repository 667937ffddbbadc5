"""A person is told once of what begins, and once of what is over, restarts or not."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.absence import STASH
from reconciler.daemon.telling import LASTING, Herald, Telling, telling
from reconciler.engine.health import HealthItem, Trouble, health
from reconciler.engine.status import Status, read_status
from state.ledger import Ledger
from state.notices import NoticeRecord
from tests.engine.test_health import EVERYTHING, NAME, NOW, OUTAGE
from tests.sandbox.server import Fault, Response, What
from tests.state.samples import contents
from tests.world import World

BY_ITSELF = [
    Trouble.OUTAGE,
    Trouble.UNAUTHORISED,
    Trouble.DOUBT,
    Trouble.MISSING,
    Trouble.STALE,
]
FOR_A_PERSON = [
    Trouble.HELD,
    Trouble.LETTERS,
    Trouble.CONFLICTS,
    Trouble.REFUSED,
    Trouble.RESTORED,
]


def item(
    kind: Trouble = Trouble.HELD,
    about: str = "it",
    *,
    count: int = 1,
    since: int | None = None,
) -> HealthItem:
    return HealthItem(
        type=kind,
        message=f"{kind} {count}",
        hint="do this",
        about=about,
        count=count,
        since=since,
    )


class Told:
    """A person who is told, in a row."""

    def __init__(self) -> None:
        self.known: Mapping[str, NoticeRecord] = {}

    def hear(self, now: int, *items: HealthItem) -> list[str]:
        """Name what is told then; an end with `over` before it."""
        found = telling(self.known, items, now)
        self.known = found.after
        begun = [f"{one.type} {one.count}" for one in found.begun]
        return [*begun, *(f"over {one.message}" for one in found.over)]


@pytest.mark.parametrize("kind", FOR_A_PERSON)
def test_what_waits_for_a_person_is_told_at_once_and_once(kind: Trouble) -> None:
    told = Told()

    assert told.hear(NOW, item(kind)) == [f"{kind} 1"]
    assert told.hear(NOW + 1, item(kind)) == []
    assert told.hear(NOW + 10 * LASTING, item(kind)) == []
    assert told.hear(NOW + 10 * LASTING) == [f"over {kind} 1"]
    assert told.hear(NOW + 10 * LASTING) == []
    assert told.known == {}


@pytest.mark.parametrize("kind", BY_ITSELF)
def test_what_comes_by_itself_is_told_once_it_has_lasted(kind: Trouble) -> None:
    told = Told()
    out = item(kind, since=NOW)

    assert told.hear(NOW, out) == []
    assert told.hear(NOW + LASTING - 1, out) == []
    assert told.hear(NOW + LASTING, out) == [f"{kind} 1"]
    assert told.hear(NOW + LASTING + 1, out) == []


@pytest.mark.parametrize("kind", BY_ITSELF)
def test_its_end_is_told_once_it_has_been_gone_for_as_long(kind: Trouble) -> None:
    told = Told()
    told.hear(NOW, item(kind, since=NOW - LASTING))

    assert told.hear(NOW + 60) == []
    assert told.hear(NOW + 60 + LASTING - 1) == []
    assert told.hear(NOW + 60 + LASTING) == [f"over {kind} 1"]
    assert told.hear(NOW + 60 + 2 * LASTING) == []


def test_what_did_not_last_is_never_told_nor_is_its_end() -> None:
    told = Told()

    for beginning in range(NOW, NOW + 10 * LASTING, LASTING):
        assert told.hear(beginning, item(Trouble.OUTAGE, since=beginning)) == []
        assert told.hear(beginning + LASTING - 1) == []

    assert told.known == {}


def test_what_comes_and_goes_is_told_once() -> None:
    """Out for 20 minutes and back for 10, all day long."""
    told, heard = Told(), list[str]()
    for beginning in range(NOW, NOW + 86400, 1800):
        for minute in range(20):
            moment = beginning + 60 * minute
            heard += told.hear(moment, item(Trouble.OUTAGE, since=beginning))
        for minute in range(20, 30):
            heard += told.hear(beginning + 60 * minute)

    assert heard == ["outage 1"]


def test_a_server_that_is_out_and_then_shuts_us_out_is_told_as_both_and_one_end() -> (
    None
):
    told = Told()
    out, shut = Trouble.OUTAGE, Trouble.UNAUTHORISED

    assert told.hear(NOW, item(out, since=NOW - LASTING)) == ["outage 1"]
    assert told.hear(NOW, item(shut, since=NOW)) == []
    assert told.hear(NOW, item(shut, since=NOW - LASTING)) == ["unauthorised 1"]
    told.hear(NOW)
    assert told.hear(NOW + LASTING) == ["over unauthorised 1"]


def test_more_of_the_same_is_told_where_it_is_twice_as_many() -> None:
    told = Told()

    def hear(count: int) -> list[str]:
        return told.hear(NOW, item(Trouble.LETTERS, count=count))

    assert [hear(count) for count in (3, 4, 5)] == [["dead letters 3"], [], []]
    assert hear(6) == ["dead letters 6"]
    assert [hear(count) for count in (11, 2, 11)] == [[], [], []]
    assert hear(12) == ["dead letters 12"]
    assert told.hear(NOW) == ["over dead letters 12"]
    assert hear(1) == ["dead letters 1"]


def test_each_is_told_for_itself() -> None:
    told = Told()

    assert told.hear(NOW, item(about="pass 1"), item(about="pass 2")) == [
        *("held pass 1", "held pass 1")
    ]
    assert told.hear(NOW, item(about="pass 2"), item(about="pass 3")) == [
        *("held pass 1", "over held pass 1")
    ]


@pytest.mark.parametrize(
    "kind", [kind for kind in Trouble if kind not in {*BY_ITSELF, *FOR_A_PERSON}]
)
def test_what_a_person_does_or_can_see_at_leisure_is_not_told(kind: Trouble) -> None:
    assert telling({}, [item(kind, since=0)], NOW) == Telling()


_STEPS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=2 * LASTING),
        st.lists(
            st.builds(
                item,
                st.sampled_from(Trouble),
                st.sampled_from(["plex", "stash", "pass 1"]),
                count=st.integers(min_value=1, max_value=9),
                since=st.none() | st.integers(NOW - LASTING, NOW + LASTING),
            ),
            max_size=3,
            unique_by=lambda one: one.about,
        ),
    ),
    max_size=12,
)


@given(_STEPS)
def test_whatever_comes_nothing_is_told_twice_and_no_end_without_a_beginning(
    steps: list[tuple[int, list[HealthItem]]],
) -> None:
    told, now = dict[str, NoticeRecord](), NOW
    for pause, items in steps:
        now += pause
        found = telling(told, items, now)
        for one in found.begun:
            known = told.get(one.about)
            if known is not None and known.kind == one.type:
                assert one.count >= 2 * known.count
        for over in found.over:
            assert over in told.values()
        assert not telling(found.after, items, now).is_news
        told = dict(found.after)


# with a ledger, and somebody to tell


@dataclass
class Friend:
    """One who takes messages, or does not; or takes their time over it."""

    takes: bool = True
    has_time: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.has_time.set()

    def send(self, title: str, body: str) -> bool:
        self.has_time.wait(30)
        if self.takes:
            self.heard.append((title, body))
        return self.takes


HELD = Status(held=(7,))
WELL = Status()


@dataclass
class Daemon:
    """What tells, between one restart and the next."""

    world: World
    friends: list[Friend] = field(default_factory=lambda: [Friend()])
    now: int = NOW
    has_titles: bool = False

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.herald = Herald(
            senders=self.friends, now=lambda: self.now, has_titles=self.has_titles
        )
        self.herald.patience = 0.2

    def tell(self, status: Status) -> None:
        with Ledger(self.world.state) as ledger:
            self.herald.tell(ledger, status, health(status, self.now))

    @property
    def notices(self) -> Mapping[str, NoticeRecord]:
        with Ledger(self.world.state) as ledger:
            return ledger.notices.standing()


@pytest.fixture
def daemon(world: World) -> Daemon:
    return Daemon(world)


def hint(number: int) -> str:
    shows = "`plexsync plan` shows what it would do"
    return f"{shows}, `plexsync approve {number}` lets it go"


def test_one_message_tells_all_that_has_changed(daemon: Daemon) -> None:
    daemon.tell(replace(HELD, conflicts=2))
    daemon.tell(replace(HELD, conflicts=2))
    daemon.tell(Status(held=(9,)))

    first, second = daemon.friends[0].heard
    assert first == (
        "plexsync: held pass, conflicts",
        (
            f"held pass: the brake holds pass 7; {hint(7)}\n"
            "conflicts: 2 fields are left as somebody has them in Plex;"
            " `plexsync conflicts list` shows them,"
            " `plexsync conflicts take` settles them"
        ),
    )
    assert second == (
        "plexsync: held pass, over: conflicts, over: held pass",
        (
            f"held pass: the brake holds pass 9; {hint(9)}\n"
            "over: conflicts: 2 fields are left as somebody has them in Plex\n"
            "over: held pass: the brake holds pass 7"
        ),
    )


def test_a_restart_does_not_tell_the_same_again(daemon: Daemon) -> None:
    out = Status(outages=(OUTAGE,), held=(7,))
    daemon.now += LASTING
    daemon.tell(out)
    daemon.restart()
    daemon.tell(out)
    daemon.tell(HELD)
    daemon.restart()
    daemon.now += LASTING
    daemon.tell(HELD)
    daemon.restart()
    daemon.tell(HELD)

    titles = [title for title, _ in daemon.friends[0].heard]
    assert titles == ["plexsync: held pass, outage", "plexsync: over: outage"]


def test_where_nothing_has_changed_nothing_is_written(daemon: Daemon) -> None:
    daemon.tell(WELL)
    daemon.tell(HELD)
    before = contents(daemon.world.folder)
    for status in (HELD, HELD):
        daemon.tell(status)

    assert contents(daemon.world.folder) == before


def test_where_nobody_is_to_be_told_nothing_is_kept(daemon: Daemon) -> None:
    daemon.friends = []
    daemon.restart()
    daemon.tell(HELD)

    assert daemon.notices == {}
    assert trouble(daemon) is None


def trouble(daemon: Daemon) -> HealthItem | None:
    return daemon.herald.trouble


def test_what_was_not_taken_is_told_again_with_what_came_since(daemon: Daemon) -> None:
    (friend,) = daemon.friends
    friend.takes = False
    daemon.tell(HELD)
    assert daemon.notices == {}
    told = trouble(daemon)
    assert told is not None
    assert (told.type, told.message) == (
        Trouble.UNTOLD,
        "the URL of [notify] has not taken the last message",
    )
    daemon.restart()
    friend.takes = True
    daemon.tell(replace(HELD, conflicts=1))
    daemon.tell(replace(HELD, conflicts=1))

    assert [title for title, _ in friend.heard] == ["plexsync: held pass, conflicts"]
    assert trouble(daemon) is None
    assert list(daemon.notices) == ["conflicts", "pass 7"]


def test_what_is_over_before_it_could_be_told_is_not_told(daemon: Daemon) -> None:
    (friend,) = daemon.friends
    friend.takes = False
    daemon.tell(HELD)
    friend.takes = True
    daemon.tell(WELL)

    assert friend.heard == []


def test_what_one_has_taken_is_not_sent_again_for_another_s_sake(
    daemon: Daemon,
) -> None:
    daemon.friends = [Friend(takes=False), Friend(), Friend(takes=False)]
    daemon.restart()
    daemon.tell(HELD)
    daemon.tell(HELD)

    assert [len(friend.heard) for friend in daemon.friends] == [0, 1, 0]
    assert trouble(daemon) is None


def test_none_of_several_is_a_trouble(daemon: Daemon) -> None:
    daemon.friends = [Friend(takes=False), Friend(takes=False)]
    daemon.restart()
    daemon.tell(HELD)

    told = trouble(daemon)
    assert told is not None
    assert told.message == "none of the 2 URLs of [notify] has taken the last message"


def test_one_who_does_not_answer_holds_no_pass_up_and_hears_it_once(
    daemon: Daemon,
) -> None:
    (friend,) = daemon.friends
    friend.has_time.clear()
    begun = time.monotonic()
    daemon.tell(HELD)
    daemon.tell(replace(HELD, conflicts=1))
    assert time.monotonic() - begun < 2
    assert trouble(daemon) is not None
    assert daemon.notices == {}

    friend.has_time.set()
    for _ in range(100):
        daemon.tell(replace(HELD, conflicts=1))
        if len(friend.heard) == 2:
            break
        threading.Event().wait(0.02)
    daemon.tell(replace(HELD, conflicts=1))

    titles = [title for title, _ in friend.heard]
    assert titles == ["plexsync: held pass", "plexsync: conflicts"]
    assert trouble(daemon) is None


# titles


@contextmanager
def refusing(world: World) -> Iterator[None]:
    fault = Fault(
        what=What.ANSWERED,
        matches=lambda request: request.method == "PUT",
        answer=Response(status=400, kind="put"),
        times=10**6,
    )
    world.plex_wire.faults.add(fault)
    yield
    world.plex_wire.faults.clear()


def troubled(world: World) -> Status:
    """Have conflicts, and dead letters, of films whose names are known."""
    for stem in ("glacier", "brook"):
        world.scene(stem, title=stem.title())
    world.reconcile()
    world.plex.person.edit(world.key("glacier"), title="Mine")
    world.later(600)
    world.stash.update_scene(1, title="Later")
    for number in range(12):
        world.scene(f"reel-{number}", title=f"Reel {number}, wanted")
    with refusing(world):
        world.reconcile()
    with Ledger(world.state) as ledger:
        return read_status(ledger, bool)


def test_names_are_not_told_unless_that_is_wanted(daemon: Daemon) -> None:
    status = replace(troubled(daemon.world), doubts=EVERYTHING.doubts)
    daemon.now = NOW + LASTING
    daemon.tell(status)

    ((title, body),) = daemon.friends[0].heard
    assert title == "plexsync: dead letters, conflicts"
    for name in ("glacier", "reel-", "Films", "Mine", "Later", "wanted", NAME):
        assert name not in body


def test_names_are_told_where_that_is_wanted(daemon: Daemon) -> None:
    status = troubled(daemon.world)
    because = {STASH: "why stash is not believed"}
    since = {STASH: NOW - LASTING}
    daemon.has_titles = True
    daemon.restart()
    daemon.tell(replace(status, doubts=because, doubted_since=since))

    ((_, body),) = daemon.friends[0].heard
    lines = body.splitlines()
    assert "  Films, glacier, title: changed in both" in lines
    assert "  why stash is not believed" in lines
    letters = [line for line in lines if line.startswith("  Films, reel-")]
    assert len(letters) == 10
    assert ", title: Plex at " in letters[0]
    assert "  ... and 2 more" in lines
