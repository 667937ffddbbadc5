"""Every switch of the double, on and off, and the table that numbers them."""

import re
import threading
from dataclasses import fields
from pathlib import Path

import pytest

from tests.sandbox.plex import switches
from tests.sandbox.plex.asking import World, names, removal
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.plex.switches import (
    DeadIdInPut,
    Order,
    SentTwice,
    Spelling,
    Switches,
)
from tests.sandbox.server import Request

ASSUMPTIONS = Path(__file__).parents[2] / "docs" / "plex-assumptions.md"
SWITCHES = {field.name for field in fields(Switches)}


def world_with(**changed: object) -> tuple[World, int]:
    """Return a world with one film in it, and the film's key."""
    world = World(Switches(**changed))  # type: ignore[arg-type] # by name
    return world, world.add("Otter River.mp4")


def test_every_switch_is_tested_here() -> None:
    tested = {name.removeprefix("test_") for name in globals()}

    assert tested >= SWITCHES


def test_every_switch_has_its_number_in_the_table() -> None:
    """The comment over a switch and the row of the table carry the same number."""
    source = Path(switches.__file__).read_text()
    commented = dict(re.findall(r"# (A\d+): [^:]*?\n    (\w+):", source))
    table = dict(
        re.findall(
            r"^\| (A\d+) \|.*\| `(\w+)` \|", ASSUMPTIONS.read_text(), re.MULTILINE
        )
    )

    assert set(commented.values()) == SWITCHES
    assert commented == table


@pytest.mark.parametrize(
    ("on", "left"), [(False, ("Nature", "Short", "Quiet")), (True, ("Short", "Quiet"))]
)
def test_tags_replace(*, on: bool, left: tuple[str, ...]) -> None:
    world, otter = world_with(tags_replace=on)
    world.plex.person.tag(otter, "genre", "Nature")

    world.edit(otter, {"genre[0].tag.tag": "Short", "genre[1].tag.tag": "Quiet"})

    assert world.tags(otter, "genre") == left


@pytest.mark.parametrize(("on", "left"), [(True, ()), (False, ("Short",))])
def test_adds_come_first(*, on: bool, left: tuple[str, ...]) -> None:
    world, otter = world_with(adds_come_first=on)
    world.plex.person.tag(otter, "genre", "Nature")

    world.edit(otter, {"genre[0].tag.tag": "Short", "genre[].tag": ""})

    assert world.tags(otter, "genre") == left


@pytest.mark.parametrize(
    ("how", "left"), [(SentTwice.KEEPS, ("A", "B")), (SentTwice.MOVES, ("B", "A"))]
)
def test_sent_twice(how: SentTwice, left: tuple[str, ...]) -> None:
    world, otter = world_with(sent_twice=how)
    world.plex.person.tag(otter, "actor", "A", "B")

    world.edit(otter, {"actor[0].tag.tag": "B", "actor[1].tag.tag": "A"})

    assert world.tags(otter, "actor") == left


@pytest.mark.parametrize(
    ("how", "first", "second"),
    [
        (Spelling.FIRST, "NATURE", "NATURE"),
        (Spelling.LAST, "Nature", "Nature"),
        (Spelling.OWN, "NATURE", "Nature"),
    ],
)
def test_spelling(how: Spelling, first: str, second: str) -> None:
    """What is shown is also what a removal has to say."""
    world, otter = world_with(spelling=how)
    dawn = world.add("Alpine Dawn.mkv")
    world.edit(otter, {"genre[0].tag.tag": "NATURE"})
    world.edit(dawn, {"genre[0].tag.tag": "Nature"})

    shown = [world.tags(key, "genre") for key in (otter, dawn)]
    world.edit(dawn, {"genre[].tag.tag-": removal(second)})

    assert shown == [(first,), (second,)]
    assert world.tags(dawn, "genre") == ()


@pytest.mark.parametrize(("on", "count"), [(False, 2), (True, 1)])
def test_case_beyond_ascii(*, on: bool, count: int) -> None:
    world, otter = world_with(case_beyond_ascii=on)

    world.plex.person.tag(otter, "genre", "Été", "été")

    assert len(world.tags(otter, "genre")) == count


@pytest.mark.parametrize(("on", "spelling"), [(False, "NATURE"), (True, "Nature")])
def test_unused_tags_go(*, on: bool, spelling: str) -> None:
    world, otter = world_with(unused_tags_go=on)
    world.plex.person.tag(otter, "genre", "NATURE")
    world.plex.person.untag(otter, "genre", "NATURE")

    world.plex.person.tag(otter, "genre", "Nature")

    assert world.tags(otter, "genre") == (spelling,)


@pytest.mark.parametrize(("on", "elsewhere"), [(False, ""), (True, "http://a/b.jpg")])
def test_actor_thumb_per_person(*, on: bool, elsewhere: str) -> None:
    world, otter = world_with(actor_thumb_per_person=on)
    dawn = world.add("Alpine Dawn.mkv")
    world.plex.person.tag(dawn, "actor", "Ada Fern")
    thumb = {"actor[0].tagging.thumb": "http://a/b.jpg"}

    world.edit(otter, {"actor[0].tag.tag": "Ada Fern", **thumb})

    assert world.of(otter).roles[0].thumb == "http://a/b.jpg"
    assert world.of(dawn).roles[0].thumb == elsewhere


@pytest.mark.parametrize(("on", "count"), [(True, 0), (False, 1)])
def test_empty_collections_go(*, on: bool, count: int) -> None:
    world, otter = world_with(empty_collections_go=on)
    world.plex.person.tag(otter, "collection", "Rivers")

    world.plex.person.untag(otter, "collection", "Rivers")

    assert len(world.plex.model.collections) == count


@pytest.mark.parametrize(("on", "status"), [(False, 200), (True, 404)])
def test_batch_read_all_or_404(*, on: bool, status: int) -> None:
    world, otter = world_with(batch_read_all_or_404=on)

    response = world.get(f"/library/metadata/{otter},9999")

    assert response.status == status
    assert (f'ratingKey="{otter}"'.encode() in response.body) is not on


@pytest.mark.parametrize("on", [False, True])
def test_batch_read_in_order(*, on: bool) -> None:
    world, otter = world_with(batch_read_in_order=on)
    dawn = world.add("Alpine Dawn.mkv")

    rows = world.xml(f"/library/metadata/{dawn},{otter}")

    keys = [int(row.attrib["ratingKey"]) for row in rows]
    assert keys == ([dawn, otter] if on else [otter, dawn])


@pytest.mark.parametrize(
    ("how", "status", "title"),
    [
        (DeadIdInPut.REFUSED, 404, "Otter River"),
        (DeadIdInPut.PARTIAL, 404, "Otters"),
        (DeadIdInPut.SILENT, 200, "Otters"),
    ],
)
def test_dead_id_in_put(how: DeadIdInPut, status: int, title: str) -> None:
    """Where none of the ids is alive, it is a 404 in any case."""
    world, otter = world_with(dead_id_in_put=how)

    assert world.edit(f"{otter},9999", {"title.value": "Otters"}) == status
    assert world.edit(9999, {"title.value": "Otters"}) == 404
    assert world.of(otter).values["title"] == title


@pytest.mark.parametrize(("on", "moved"), [(True, 1), (False, 0)])
def test_edits_move_content_changed(*, on: bool, moved: int) -> None:
    world, otter = world_with(edits_move_content_changed=on)
    section = world.plex.model.sections[world.films]
    before = section.content_changed_at

    world.edit(otter, {"title.value": "Otters"})

    assert section.content_changed_at == before + moved


@pytest.mark.parametrize("on", [True, False])
def test_edits_move_updated_at(*, on: bool) -> None:
    world, otter = world_with(edits_move_updated_at=on)
    then = world.clock.now
    now = world.clock.advance()

    world.edit(otter, {"title.value": "Otters"})

    assert world.of(otter).updated_at == (now if on else then)


@pytest.mark.parametrize("on", [True, False])
def test_rename_keeps_rating_key(*, on: bool) -> None:
    """A kept item keeps its edits; a new one starts from its file's name."""
    world, otter = world_with(rename_keeps_rating_key=on)
    world.plex.person.edit(otter, title="Mine")
    old, new = "/media/films/Otter River.mp4", "/media/films/a/Otters.mp4"

    again = world.plex.scanner.rename(world.films, old, new)

    assert (again == otter) is on
    assert world.of(again).values["title"] == ("Mine" if on else "Otters")
    assert list(world.plex.snapshot()) == [again]


@pytest.mark.parametrize(("limit", "status"), [(8192, 414), (100, 414), (None, 200)])
def test_url_limit(limit: int | None, status: int) -> None:
    world, otter = world_with(url_limit=limit)

    long = world.edit(otter, {"summary.value": "a" * 8192})
    short = world.get("/").status

    assert (long, short) == (status, 200)
    assert ("summary" in world.of(otter).values) is (status == 200)


@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 503)])
def test_identity_in_maintenance(*, on: bool, status: int) -> None:
    world, _ = world_with(identity_in_maintenance=on)
    world.plex.model.maintenance = Maintenance.STARTUP

    assert world.plex.handle(Request.to("GET", "/identity")).status == status


@pytest.mark.parametrize(("on", "shown"), [(False, " Otters \n"), (True, "Otters")])
def test_trims(*, on: bool, shown: str) -> None:
    world, otter = world_with(trims=on)

    world.edit(otter, {"title.value": " Otters \n", "genre[0].tag.tag": " Otters \n"})

    assert world.full(otter).get("title") == shown
    assert names(world.full(otter), "Genre") == [shown]


@pytest.mark.parametrize(("on", "shown"), [(False, "e\u0301"), (True, "\u00e9")])
def test_normalises(*, on: bool, shown: str) -> None:
    world, otter = world_with(normalises=on)

    world.edit(otter, {"title.value": "e\u0301", "genre[0].tag.tag": "e\u0301"})

    assert world.full(otter).get("title") == shown
    assert names(world.full(otter), "Genre") == [shown]


@pytest.mark.parametrize(("on", "length"), [(False, 300), (True, 255)])
def test_cuts_at_255(*, on: bool, length: int) -> None:
    """Titles and tags; a summary is as long as it is."""
    world, otter = world_with(cuts_at_255=on)
    text = "x" * 300
    query = {"title.value": text, "summary.value": text, "genre[0].tag.tag": text}

    world.edit(otter, query)

    item = world.full(otter)
    assert len(item.attrib["title"]) == len(names(item, "Genre")[0]) == length
    assert len(item.attrib["summary"]) == 300


@pytest.mark.parametrize(("on", "shown"), [(False, "a\r\nb\nc"), (True, "a b c")])
def test_newlines_become_spaces(*, on: bool, shown: str) -> None:
    world, otter = world_with(newlines_become_spaces=on)

    world.edit(otter, {"summary.value": "a\r\nb\nc"})

    assert world.full(otter).get("summary") == shown


@pytest.mark.parametrize(("cap", "count"), [(None, 3), (2, 2)])
def test_page_cap(cap: int | None, count: int) -> None:
    """Fewer than asked for, and the total tells that there are more."""
    world, _ = world_with(page_cap=cap)
    world.add("Alpine Dawn.mkv")
    world.add("Tide and Moon.mp4")
    target = f"/library/sections/{world.films}/all?X-Plex-Container-Size=100"

    rows = world.xml(target)

    assert (len(rows), rows.get("totalSize")) == (count, "3")


@pytest.mark.parametrize("how", Order)
def test_order(how: Order) -> None:
    world, otter = world_with(order=how)
    dawn = world.add("Alpine Dawn.mkv")

    by_title = how is Order.TITLE

    assert world.listing() == ([dawn, otter] if by_title else [otter, dawn])


@pytest.mark.parametrize(("on", "title"), [(True, "Otter River"), (False, "Otters")])
def test_refresh_resets_title(*, on: bool, title: str) -> None:
    world, otter = world_with(refresh_resets_title=on)
    world.plex.person.edit(otter, lock=False, title="Otters")

    world.plex.agent.refresh(otter)

    assert world.of(otter).values["title"] == title


@pytest.mark.parametrize("on", [True, False])
def test_refresh_empties_unlocked(*, on: bool) -> None:
    world, otter = world_with(refresh_empties_unlocked=on)
    world.plex.person.edit(otter, lock=False, summary="A river.")
    world.plex.person.tag(otter, "genre", "Nature", lock=False)

    world.plex.agent.refresh(otter)

    assert ("summary" in world.of(otter).values) is not on
    assert world.tags(otter, "genre") == (() if on else ("Nature",))


@pytest.mark.parametrize(("on", "year"), [(True, "2014"), (False, None)])
def test_date_moves_year(*, on: bool, year: str | None) -> None:
    world, otter = world_with(date_moves_year=on)

    world.edit(otter, {"originallyAvailableAt.value": "2014-05-01"})

    assert world.full(otter).get("year") == year


@pytest.mark.parametrize(("on", "status"), [(False, 400), (True, 200)])
def test_year_editable(*, on: bool, status: int) -> None:
    world, otter = world_with(year_editable=on)

    assert world.edit(otter, {"year.value": "2014"}) == status
    assert world.full(otter).get("year") == ("2014" if on else None)


@pytest.mark.parametrize("on", [False, True])
def test_upload_locks_thumb(*, on: bool) -> None:
    world, otter = world_with(upload_locks_thumb=on)

    world.ask("POST", f"/library/metadata/{otter}/posters", body=b"a picture")

    assert ("thumb" in world.of(otter).locks) is on


@pytest.mark.parametrize(("on", "status"), [(True, 404), (False, 200)])
def test_deleted_section_is_404(*, on: bool, status: int) -> None:
    world, _ = world_with(deleted_section_is_404=on)
    world.plex.moves.delete_section(world.films)

    response = world.get(f"/library/sections/{world.films}/all")

    assert response.status == status
    assert b"<Video" not in response.body


@pytest.mark.parametrize("status", [401, 403])
def test_guest_edit_status(status: int) -> None:
    world, otter = world_with(guest_edit_status=status)
    world.plex.model.guests.add("guest-token")
    head = {"X-Plex-Token": "guest-token"}
    target = f"/library/sections/{world.films}/all?id={otter}&title.value=x"

    assert world.ask("PUT", target, head).status == status
    assert world.of(otter).values["title"] == "Otter River"


@pytest.mark.parametrize("on", [True, False])
def test_metadata_put_replaces_tags(*, on: bool) -> None:
    world, otter = world_with(metadata_put_replaces_tags=on)
    world.plex.person.tag(otter, "genre", "Nature")

    world.put(f"/library/metadata/{otter}", {"genre[0].tag.tag": "Short"})

    left = ("Short",) if on else ("Nature", "Short")
    assert world.tags(otter, "genre") == left


@pytest.mark.parametrize("on", [True, False])
def test_edits_echo(*, on: bool) -> None:
    world, otter = world_with(edits_echo=on)

    world.edit(otter, {"title.value": "Otters"})

    told = [
        (frame["type"], entry["itemID"], entry["title"])
        for frame in world.plex.model.frames
        for entry in [frame["TimelineEntry"][0]]
    ]
    assert told == ([("timeline", str(otter), "Otters")] if on else [])


@pytest.mark.parametrize(("seconds", "waits"), [(0.0, []), (2.0, [(2.0, True)])])
def test_write_seconds(seconds: float, waits: list[tuple[float, bool]]) -> None:
    """The read that begins while the database is held is answered after the write."""
    world, otter = world_with(write_seconds=seconds)
    titles: list[str | None] = []
    read = threading.Thread(
        target=lambda: titles.append(world.full(otter).get("title"))
    )
    held: list[tuple[float, bool]] = []

    def begin_to_read(seconds: float) -> None:
        read.start()
        read.join(0.05)
        held.append((seconds, read.is_alive()))

    world.plex.model.wait = begin_to_read
    world.edit(otter, {"title.value": "Otters"})
    if held:
        read.join(10)

    assert held == waits
    assert titles == ["Otters"] * len(waits)


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_butler_status(status: int) -> None:
    world, _ = world_with(butler_status=status)

    assert world.ask("POST", "/butler/BackupDatabase").status == status

    assert (world.plex.model.running is not None) == (status == 200)


@pytest.mark.parametrize("on", [True, False])
def test_butler_names_activity(*, on: bool) -> None:
    world, _ = world_with(butler_names_activity=on)
    world.plex.model.backup_seconds = 1.0

    response = world.ask("POST", "/butler/BackupDatabase")

    named = dict(response.headers).get("X-Plex-Activity")
    listed = [one.get("uuid") for one in world.xml("/activities")]
    assert (named is not None) == on
    assert listed == [named] * on


HERON = "/media/films/lake/Heron.mkv"


@pytest.mark.parametrize(
    ("on", "found"), [(False, {"Heron"}), (True, {"Heron", "Reed"})]
)
def test_scan_ignores_path(*, on: bool, found: set[str]) -> None:
    world, _ = world_with(scan_ignores_path=on)
    world.plex.scanner.add_file(HERON)
    world.plex.scanner.add_file("/media/films/Reed.mkv")

    world.scan("/media/films/lake")

    titles = {item.values["title"] for item in world.plex.snapshot().values()}
    assert titles == {"Otter River"} | found


@pytest.mark.parametrize("on", [True, False])
def test_missing_folder_is_spared(*, on: bool) -> None:
    world, otter = world_with(missing_folder_is_spared=on)
    heron = world.plex.add(world.films, HERON)
    world.plex.scanner.unmount("/media/films/lake")

    world.scan("/media/films/lake")

    assert (heron in world.plex.snapshot(), otter in world.plex.snapshot()) == (
        on,
        True,
    )
    world.plex.scanner.mount("/media/films/lake")
    world.plex.scanner.unmount("/media/films")
    world.plex.scanner.scan(world.films)
    assert (otter in world.plex.snapshot()) == on


@pytest.mark.parametrize("on", [True, False])
def test_tells_of_files(*, on: bool) -> None:
    world, otter = world_with(tells_of_files=on)
    heron = world.plex.add(world.films, HERON)
    world.plex.scanner.unmount("/media/films/lake")

    told = world.xml(f"/library/metadata/{otter},{heron}?checkFiles=1").iter("Part")
    untold = world.xml(f"/library/metadata/{otter},{heron}").iter("Part")

    names = ("exists", "accessible")
    assert [[part.get(name) for name in names] for part in told] == (
        [["1", "1"], ["0", "0"]] if on else [[None, None], [None, None]]
    )
    assert [part.get("exists") for part in untold] == [None, None]


@pytest.mark.parametrize("on", [True, False])
def test_guests_may_scan(*, on: bool) -> None:
    world, _ = world_with(guests_may_scan=on)
    world.plex.model.guests.add("guest-token")
    world.plex.scanner.add_file(HERON)
    target = f"/library/sections/{world.films}/refresh"

    answer = world.get(target, {"X-Plex-Token": "guest-token"})

    assert (answer.status, len(world.listing())) == ((200, 2) if on else (403, 1))
