"""Maintenance, backups and streams of the double, asked for with the real plexapi."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from plexapi import exceptions
from plexapi.server import PlexServer

from tests.sandbox.plex.asking import World
from tests.sandbox.plex.switches import Switches

Client: TypeAlias = Any  # plexapi does not annotate what it gives


@pytest.fixture
def world() -> World:
    world = World()
    world.add("Otter River.mp4")
    return world


@pytest.fixture
def plex(world: World) -> Iterator[Client]:
    with world.plex.serve() as server:
        plex = PlexServer(server.url, world.plex.model.token)
        yield plex
        plex._session.close()


def test_the_hours_of_maintenance(plex: Client, world: World) -> None:
    world.plex.model.butler_hours = (23, 4)

    hours = (plex.settings.get("butlerStartHour"), plex.settings.get("butlerEndHour"))

    assert [hour.value for hour in hours] == [23, 4]
    assert [hour.default for hour in hours] == [2, 5]


def test_a_backup_holds_what_there_is_when_it_ends(plex: Client, world: World) -> None:
    (key,) = world.listing()
    world.plex.model.backup_seconds = 10.0
    plex.runButlerTask("BackupDatabase")
    world.clock.advance(9)
    world.edit(key, {"title.value": "Too early"})
    with pytest.raises(exceptions.BadRequest, match=r"^\(202\)"):
        plex.runButlerTask("BackupDatabase")  # it does not know that success

    world.clock.advance(1)
    world.edit(key, {"title.value": "Late enough"})

    (backup,) = world.plex.model.backups
    assert backup.values[key]["title"] == "Too early"
    assert plex.activities == []


def test_a_backup_of_no_name(plex: Client) -> None:
    with pytest.raises(exceptions.BadRequest, match="Invalid butler task"):
        plex.runButlerTask("BackUpEverything")
    with pytest.raises(exceptions.NotFound):
        plex.query("/butler/BackUpEverything", method=plex._session.post)


def test_a_task_that_is_not_played_out_is_taken_all_the_same(plex: Client) -> None:
    plex.runButlerTask("OptimizeDatabase")


def test_an_activity_that_is_named_is_listed_until_it_is_done(
    plex: Client, world: World
) -> None:
    world.plex.model.switches = Switches(butler_names_activity=True)
    world.plex.model.backup_seconds = 10.0

    response = world.ask("POST", "/butler/BackupDatabase")

    (activity,) = plex.activities
    assert dict(response.headers)["X-Plex-Activity"] == activity.uuid
    world.clock.advance(10)
    assert plex.activities == []


def test_streams(plex: Client, world: World) -> None:
    assert plex.sessions() == []
    (key,) = world.listing()
    world.plex.model.playing.append(key)

    (stream,) = plex.sessions()

    assert (stream.ratingKey, stream.title) == (key, "Otter River")
    assert list(stream.usernames) == ["owner"]
    assert stream.player.state == "playing"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/:/prefs"),
        ("GET", "/butler"),
        ("POST", "/butler/BackupDatabase"),
        ("GET", "/activities"),
        ("GET", "/status/sessions"),
    ],
)
def test_a_guest_is_told_nothing_of_it(world: World, method: str, path: str) -> None:
    world.plex.model.guests.add("guest-token")

    response = world.ask(method, path, {"X-Plex-Token": "guest-token"})

    assert response.status == 403
    assert world.plex.model.running is None
