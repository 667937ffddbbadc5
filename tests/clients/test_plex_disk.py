"""Scans of one folder, and files that Plex is to look for: asked as it understands."""

import pytest

from reconciler.clients.plex_disk import read_reached, scan_path
from reconciler.core.errors import (
    BusyError,
    StrangerError,
    TransientError,
    UnreachableError,
)
from reconciler.core.values import ItemKey, Section
from tests.clients.test_plex_client import World
from tests.clients.test_plex_wire import xml
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import LOGIN_PAGE, Fault, What

FOLDER = "/films/New & old + 100%, 2/Æther"


@pytest.fixture
def world() -> World:
    return World()


def films(world: World) -> Section:
    (section,) = world.client.sections()
    return section


def test_a_folder_is_scanned_whatever_its_name(world: World) -> None:
    world.plex.scanner.add_file(f"{FOLDER}/Reed Bed.mkv")
    world.plex.scanner.add_file("/films/New/Heron.mkv")

    assert world.client.scan(films(world), FOLDER) == ""

    found = [item.files for item in world.plex.snapshot().values()]
    assert found == [(f"{FOLDER}/Reed Bed.mkv",)]
    assert world.tally == {"plex root": 1, "plex sections": 1, "plex scan": 1}


def test_a_folder_on_windows_is_scanned(world: World) -> None:
    section = world.plex.add_section("Far", "D:\\films")
    world.plex.scanner.add_file("D:\\films\\lake\\Heron.mkv")
    far = next(one for one in world.client.sections() if one.key == str(section))

    assert world.client.scan(far, "D:\\films\\lake") == ""

    assert len(world.plex.snapshot()) == 1


def test_no_folder_is_not_asked_for(world: World) -> None:
    """Plex would take it for the whole library."""
    with pytest.raises(ValueError, match="whole library"):
        scan_path(films(world), "")


def test_a_library_that_is_gone_is_told(world: World) -> None:
    section = films(world)
    world.plex.moves.delete_section(world.section)

    assert world.client.scan(section, FOLDER) == "it does not know how (404)"


def test_a_guest_s_scan_is_told_and_no_error_of_the_key(world: World) -> None:
    world.plex.model.guests.add(world.plex.model.token)
    world.plex.model.token = "another-owner"

    told = world.client.scan(films(world), FOLDER)

    assert told == "it does not take that from who has this token (401 or 403)"


def test_what_else_goes_wrong_is_an_error(world: World) -> None:
    section = films(world)
    world.plex.model.maintenance = Maintenance.STARTUP
    with pytest.raises(BusyError):
        world.client.scan(section, FOLDER)
    world.plex.model.maintenance = None
    for what, kind in (
        (Fault(what=What.ANSWERED, answer=LOGIN_PAGE), StrangerError),
        (Fault(what=What.RESET_AFTER), TransientError),
    ):
        world.adapter.faults.add(what)
        with pytest.raises(kind):
            world.client.scan(section, FOLDER)
    world.adapter.up = False
    with pytest.raises(UnreachableError):
        world.client.scan(section, FOLDER)


def test_only_what_plex_finds_on_its_disk_is_reached(world: World) -> None:
    here, there, trashed = world.add("Reed Bed", "lake/Heron", "Otter River")
    world.plex.scanner.unmount("/films/lake")
    world.plex.scanner.trash(int(trashed))

    found = world.client.reached([here, there, trashed, ItemKey("9999")])

    assert found == {here}
    assert world.tally["plex files"] == 1


def test_an_item_is_reached_with_all_of_its_files(world: World) -> None:
    (key,) = world.add("Reed Bed")
    world.plex.scanner.add_version(int(key), "/films/4k/Reed Bed.mkv")
    assert world.client.reached([key]) == {key}

    world.plex.scanner.unmount("/films/4k")

    assert world.client.reached([key]) == frozenset()


@pytest.mark.parametrize(
    "switches", [Switches(tells_of_files=False), Switches(batch_read_all_or_404=True)]
)
def test_where_plex_does_not_tell_nothing_is_reached(switches: Switches) -> None:
    world = World(switches)
    (key,) = world.add("Reed Bed")

    assert world.client.reached([key, world.dead()]) == frozenset()


@pytest.mark.parametrize(
    "part",
    [
        "<Part/>",
        "<Part exists='1'/>",
        "<Part accessible='1'/>",
        "<Part exists='1' accessible='0'/>",
        "<Part exists='1' accessible='1'/><Part exists='0' accessible='1'/>",
        "",
    ],
)
def test_half_an_answer_is_none(part: str) -> None:
    text = f"<Video ratingKey='7'><Media>{part}</Media></Video>"
    root = xml(f"<MediaContainer>{text}</MediaContainer>")

    assert read_reached(root, [ItemKey("7")]) == frozenset()


def test_what_was_not_asked_for_is_not_reached() -> None:
    text = "<Part exists='1' accessible='1'/>"
    text = f"<Video ratingKey='7'><Media>{text}</Media></Video>"
    root = xml(f"<MediaContainer>{text}</MediaContainer>")

    assert read_reached(root, [ItemKey("7")]) == {"7"}
    assert read_reached(root, [ItemKey("8")]) == frozenset()
