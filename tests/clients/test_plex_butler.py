"""What Plex tells of its maintenance and its streams, recorded and otherwise."""

import pytest

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import PlexClient
from reconciler.clients.plex_butler import read_hours
from reconciler.core.backup import Asked
from reconciler.core.errors import (
    PermanentError,
    UnauthorisedError,
    UnreachableError,
)
from reconciler.core.lull import Hours
from reconciler.core.values import Change, Edit, Field, ItemKey
from tests.clients.test_plex_wire import recorded, xml
from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Fault, Response, Server, What


class World:
    """A double that is asked over a socket."""

    def __init__(self, server: Server, plex: PlexDouble, token: str) -> None:
        self.plex, self.tally = plex, Tally()
        self.client = PlexClient(Endpoint(url=server.url, secret=token), self.tally)


@pytest.fixture
def plex() -> PlexDouble:
    plex = PlexDouble(Model())
    plex.add(plex.add_section("Films", "/films"), "/films/Reed Bed.mkv")
    return plex


def settings(begin: str, end: str) -> str:
    return (
        "<MediaContainer size='2'>"
        f"<Setting id='ButlerStartHour' value='{begin}'/>"
        f"<Setting id='ButlerEndHour' value='{end}'/></MediaContainer>"
    )


def test_the_hours_of_a_recorded_answer() -> None:
    assert read_hours(recorded("plex-api.rs/prefs.json")) == Hours.parse("01:00-07:00")


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [("2", "5", "02:00-05:00"), ("23", "4", "23:00-04:00"), ("21", "0", "21:00-24:00")],
)
def test_hours(begin: str, end: str, hours: str) -> None:
    found = read_hours(xml(settings(begin, end)))

    assert found == Hours.parse(hours)
    assert str(found) == hours


def test_hours_that_end_where_they_begin_are_none() -> None:
    """All day would be for ever."""
    assert read_hours(xml(settings("3", "3"))) is None


@pytest.mark.parametrize(
    "text",
    [
        "<MediaContainer/>",
        "<MediaContainer><Setting id='ButlerStartHour' value='2'/></MediaContainer>",
        settings("2", "24"),
        settings("-1", "5"),
        settings("two", "five"),
        settings("", ""),
    ],
)
def test_hours_that_are_not_told(text: str) -> None:
    with pytest.raises(PermanentError, match=r"write them into \[schedule\] quiet"):
        read_hours(xml(text))


def test_hours_and_streams_are_a_request_each(plex: PlexDouble) -> None:
    plex.model.butler_hours = (23, 6)
    with plex.serve() as server:
        world = World(server, plex, plex.model.token)

        assert world.client.hours() == Hours.parse("23:00-06:00")
        assert world.client.streams() == 0
        plex.model.playing += list(plex.model.items)
        assert world.client.streams() == 1

        assert server.counts == {"root": 1, "prefs": 1, "streams": 2}
    assert world.tally == {"plex root": 1, "plex settings": 1, "plex streams": 2}


def test_who_is_not_the_owner_is_told_neither(plex: PlexDouble) -> None:
    plex.model.guests.add("guest-token")
    with plex.serve() as server:
        world = World(server, plex, "guest-token")

        with pytest.raises(UnauthorisedError):
            world.client.hours()
        with pytest.raises(UnauthorisedError):
            world.client.streams()


def test_a_backup_is_one_request_and_one_that_is_being_made_is_no_failure(
    plex: PlexDouble,
) -> None:
    plex.model.backup_seconds = 10**6
    with plex.serve() as server:
        world = World(server, plex, plex.model.token)

        assert world.client.back_up() == world.client.back_up() == Asked()

        assert server.counts == {"root": 1, "butler": 2}
    assert world.tally == {"plex root": 1, "plex backup": 2}
    assert plex.model.running is not None


def test_what_plex_names_can_be_seen_to_go_on(plex: PlexDouble) -> None:
    plex.model.switches = Switches(butler_names_activity=True)
    plex.model.backup_seconds = 10**6
    with plex.serve() as server:
        client = World(server, plex, plex.model.token).client

        activity = client.back_up().activity

        assert plex.model.running is not None
        assert activity == plex.model.running.activity
        assert client.is_at(activity) is True
        assert client.is_at("another") is False
        plex.model.running = None
        assert client.is_at(activity) is False


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (401, "it does not take that from who has this token (401 or 403)"),
        (403, "it does not take that from who has this token (401 or 403)"),
        (404, "it does not know how (404)"),
    ],
)
def test_a_backup_that_is_refused(plex: PlexDouble, status: int, why: str) -> None:
    plex.model.switches = Switches(butler_status=status)
    with plex.serve() as server:
        client = World(server, plex, plex.model.token).client

        assert client.back_up() == Asked(refusal=why)


def test_a_202_is_no_success_of_anything_else(plex: PlexDouble) -> None:
    """Plex answers an edit with 200: whoever says otherwise may not have made it."""
    with plex.serve() as server:
        client = World(server, plex, plex.model.token).client
        client.sections()
        accepted = Fault(what=What.ANSWERED, times=2, answer=Response(status=202))
        server.faults.add(accepted)

        with pytest.raises(PermanentError):
            client.streams()
        with pytest.raises(PermanentError):
            client.write(
                Edit(
                    key=ItemKey("101"),
                    section="1",
                    type=1,
                    changes={Field.TITLE: Change(value="x")},
                )
            )


def test_a_plex_that_cannot_be_reached_is_asked_for_no_backup(plex: PlexDouble) -> None:
    server = plex.serve()
    with server:
        client = World(server, plex, plex.model.token).client
        client.sections()

    with pytest.raises(UnreachableError):
        client.back_up()
    with pytest.raises(UnreachableError):
        client.is_at("anything")


def test_who_may_not_see_what_goes_on_cannot_tell(plex: PlexDouble) -> None:
    plex.model.guests.add("guest-token")
    with plex.serve() as server:
        client = World(server, plex, "guest-token").client

        assert client.is_at("anything") is None
