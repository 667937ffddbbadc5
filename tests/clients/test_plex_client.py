"""The Plex client against the double: reads, pages, edits, and every way to fail."""

import logging
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.plex import MOST_ITEMS, PlexClient, PlexReport
from reconciler.clients.plex_faults import TooLongError
from reconciler.core.errors import (
    AmbiguousError,
    BusyError,
    GoneError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
    UnreachableError,
)
from reconciler.core.values import (
    Change,
    Edit,
    Field,
    FieldValue,
    Item,
    ItemKey,
    ListedItem,
    Section,
)
from reconciler.engine.ports import Library
from tests.sandbox.plex.double import PlexDouble
from tests.sandbox.plex.model import Model
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.plex.switches import DeadIdInPut, Switches
from tests.sandbox.server import (
    EMPTY,
    LOCKED,
    LOGIN_PAGE,
    Fault,
    Handle,
    InProcessAdapter,
    Request,
    Response,
    Server,
    What,
    too_many,
)

URL = "http://plex.local:32400"
TOKEN = "s3cr3t-t0ken"
XML = (("Content-Type", "text/xml;charset=utf-8"),)
ROOT = Response(
    headers=XML, body=b"<MediaContainer machineIdentifier='m' friendlyName='Den'/>"
)


class World:
    """A double in reach of a client, without a socket."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.now = 1_700_000_000
        model = Model(clock=lambda: self.now, switches=switches, token=TOKEN)
        self.plex = PlexDouble(model)
        self.section = self.plex.add_section("Films", "/films")
        self.adapter = self.plex.adapter()
        self.tally = Tally()
        self.client = client_of(self.adapter, self.tally)

    def add(self, *names: str) -> list[ItemKey]:
        files = [f"/films/{name}.mkv" for name in names]
        return [ItemKey(str(self.plex.add(self.section, file))) for file in files]

    def dead(self) -> ItemKey:
        (key,) = self.add("soon gone")
        self.plex.scanner.remove(self.section, "/films/soon gone.mkv")
        return key

    def edit(self, key: ItemKey, **changes: Change) -> Mapping[Field, ServerError]:
        return self.client.write(an_edit(key, str(self.section), **changes))

    def read(self, key: ItemKey) -> Item:
        return self.client.read([key])[key]


def client_of(
    adapter: InProcessAdapter, tally: Tally | None = None, token: str = TOKEN
) -> PlexClient:
    session = requests.Session()
    session.mount(URL, adapter)
    endpoint = Endpoint(url=URL, secret=token)
    return PlexClient(endpoint, Tally() if tally is None else tally, session)


def asking(handle: Handle) -> PlexClient:
    return client_of(InProcessAdapter(handle))


def an_edit(key: str = "101", section: str = "1", **changes: Change) -> Edit:
    named = {Field(name): change for name, change in changes.items()}
    return Edit(key=ItemKey(key), section=section, type=1, changes=named)


def a_section(key: int | str = "1", kind: str = "movie") -> Section:
    return Section(
        machine="m", uuid="u", key=str(key), title="Films", type=kind, marker=""
    )


def everything(client: PlexClient, section: int | str = "1") -> list[ListedItem]:
    pages = client.listing(a_section(section), since=None)
    return [item for page in pages for item in page.items]


def xml(body: str) -> Response:
    return Response(headers=XML, body=body.encode())


def told(error: BaseException) -> str:
    """Return all that an error and its causes say; the token must never be in it."""
    text, link = "", error
    while True:
        text += f"{link!s}\n{link!r}\n"
        following = link.__cause__ or link.__context__
        if following is None:
            break
        link = following
    assert TOKEN not in text
    return text


class TestConnecting:
    def test_fits_the_port(self) -> None:
        library: Library = World().client

        assert library.read([]) == {}

    def test_sends_nothing_before_it_is_asked(self) -> None:
        assert not World().adapter.counts

    def test_lists_libraries_with_two_requests_and_then_with_one(self) -> None:
        world = World()
        world.plex.add_section("Shows", "/shows", "/more", type="show")

        first, second = world.client.sections(), world.client.sections()

        films, shows = first
        assert first == second
        assert films.machine == world.plex.model.machine_identifier
        assert (films.title, films.type, films.folders) == (
            "Films",
            "movie",
            ("/films",),
        )
        assert (shows.key, shows.type, shows.folders) == (
            "2",
            "show",
            ("/shows", "/more"),
        )
        assert films.uuid != shows.uuid
        assert world.tally == {"plex root": 1, "plex sections": 2}
        assert world.adapter.counts == {"root": 1, "sections": 2}

    def test_marks_what_changes_in_a_library(self) -> None:
        world = World()
        (before,) = world.client.sections()
        world.add("a")
        (after,) = world.client.sections()

        assert before.marker != after.marker

    def test_reports_what_answers(self) -> None:
        world = World()
        model = world.plex.model

        assert world.client.probe() == PlexReport(
            name="Sandbox", version=model.version, machine=model.machine_identifier
        )

    def test_connects_again_after_a_failure(self) -> None:
        world = World()
        world.adapter.faults.add(Fault(what=What.RESET_BEFORE))

        with pytest.raises(TransientError):
            world.client.sections()

        assert len(world.client.sections()) == 1

    def test_shows_who_asks_and_keeps_the_token_out_of_the_address(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whatever the environment tells plexapi."""
        monkeypatch.setenv("PLEXAPI_LOG_SHOW_SECRETS", "true")
        monkeypatch.setenv("PLEXAPI_AUTH_SERVER_TOKEN", "another")
        caplog.set_level(logging.DEBUG)
        world = World()
        seen: list[Request] = []

        def handle(request: Request) -> Response:
            seen.append(request)
            return world.plex.handle(request)

        client = asking(handle)
        client.sections()
        client.read(world.add("a"))
        client.write(an_edit(title=Change(value="t")))

        assert len(seen) == 4
        for request in seen:
            assert request.headers["X-Plex-Token"] == TOKEN
            assert request.headers["X-Plex-Client-Identifier"] == "plexsync"
            assert request.headers["X-Plex-Product"] == "plexsync"
            assert "oken" not in f"{request.path}?{request.query}"
        assert TOKEN not in caplog.text

    def test_sends_no_token_where_there_is_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLEXAPI_AUTH_SERVER_TOKEN", "another")
        seen: list[Request] = []

        def handle(request: Request) -> Response:
            seen.append(request)
            return ROOT

        client_of(InProcessAdapter(handle), token="").probe()

        assert "X-Plex-Token" not in seen[0].headers

    @pytest.mark.parametrize("token", [TOKEN + "\n", "tok\u00e9n" + TOKEN, "\x00"])
    def test_refuses_a_token_that_no_header_can_hold(self, token: str) -> None:
        client = client_of(InProcessAdapter(lambda _: ROOT), token=token)

        with pytest.raises(UnauthorisedError, match=r"check \[plex\] token") as caught:
            client.probe()

        assert token not in told(caught.value)

    @pytest.mark.parametrize(
        ("answer", "kind", "sentence"),
        [
            (LOGIN_PAGE, StrangerError, "does not answer like Plex"),
            (xml("<html/>"), StrangerError, "does not answer like Plex"),
            (xml("<MediaContainer/>"), StrangerError, "does not answer like Plex"),
            (
                xml("<MediaContainer updater='maybe'/>"),
                StrangerError,
                "plexapi cannot",
            ),
            (EMPTY, TransientError, "0 bytes"),
            (xml("<MediaCont"), TransientError, "no whole XML"),
            (Response(status=404), TransientError, "has no root (404)"),
        ],
        ids=["login", "html", "nameless", "odd flag", "empty", "cut", "nowhere"],
    )
    def test_tells_another_server_from_plex(
        self, answer: Response, kind: type[ServerError], sentence: str
    ) -> None:
        with pytest.raises(kind) as caught:
            asking(lambda _: answer).probe()

        assert type(caught.value) is kind
        assert sentence in str(caught.value)
        assert URL in str(caught.value)

    @pytest.mark.parametrize(
        "url", ["http://[::bad", "plex:32400", "ftp://plex", "http://", ""]
    )
    def test_refuses_what_is_no_address(self, url: str) -> None:
        client = PlexClient(Endpoint(url=url or "?", secret=TOKEN), Tally())

        with pytest.raises(StrangerError, match=r"check \[plex\] url") as caught:
            client.probe()

        told(caught.value)

    def test_hides_what_an_address_holds_besides_the_server(self) -> None:
        endpoint = Endpoint(url=f"http://me:{TOKEN}@127.0.0.1:1/x", secret=TOKEN)

        with pytest.raises(
            TransientError, match=r"http://127\.0\.0\.1:1 cannot"
        ) as caught:
            PlexClient(endpoint, Tally()).probe()

        assert TOKEN not in str(caught.value)


class TestListing:
    def test_lists_files_but_asks_each_item_nothing(self) -> None:
        world = World()
        first, second = world.add("a", "b")

        listed = everything(world.client)

        assert [(item.key, item.paths) for item in listed] == [
            (first, ("/films/a.mkv",)),
            (second, ("/films/b.mkv",)),
        ]
        assert {item.updated_at for item in listed} == {world.now}
        assert world.tally == {"plex root": 1, "plex listing": 1}

    def test_pages_by_what_came(self) -> None:
        world = World(Switches(page_cap=2))
        keys = world.add("a", "b", "c", "d", "e")

        pages = list(world.client.listing(a_section(), since=None))

        assert [len(page.items) for page in pages] == [2, 2, 1]
        assert {page.total for page in pages} == {5}
        assert [item.key for page in pages for item in page.items] == keys
        assert world.tally["plex listing"] == 3

    def test_lists_nothing_of_an_empty_library(self) -> None:
        world = World()

        (page,) = world.client.listing(a_section(), since=None)

        assert (page.items, page.total) == ((), 0)

    def test_lists_a_version_and_no_file_of_the_trash(self) -> None:
        world = World()
        first, second = world.add("a", "b")
        world.plex.scanner.add_version(int(first), "/films/a.2160p.mkv")
        world.plex.scanner.trash(int(second))

        listed = everything(world.client)

        assert [item.paths for item in listed] == [
            ("/films/a.mkv", "/films/a.2160p.mkv"),
            (),
        ]

    def test_lists_what_was_changed_or_added_since_inclusive(self) -> None:
        world = World(Switches(page_cap=1))
        old, edited, *_ = world.add("old", "edited", "other")
        world.now += 100
        (new,) = world.add("new")
        world.edit(edited, title=Change(value="edited"))
        since = world.now
        world.now += 100

        pages = world.client.listing(a_section(), since=since)
        found = {item.key for page in pages for item in page.items}

        assert found == {edited, new}
        assert old not in found

    def test_finds_what_was_added_but_never_changed(self) -> None:
        world = World()
        (key,) = world.add("a")
        world.plex.model.items[int(key)].updated_at = None

        pages = world.client.listing(a_section(), since=world.now)

        assert [item.key for page in pages for item in page.items] == [key]

    def test_says_that_a_library_is_gone(self) -> None:
        with pytest.raises(GoneError, match=r"/library/sections/9/all \(404\)"):
            everything(World().client, 9)

    def test_refuses_a_library_of_music_without_asking(self) -> None:
        world = World()

        with pytest.raises(PermanentError, match="not films or episodes"):
            list(world.client.listing(a_section(kind="artist"), since=None))

        assert not world.tally

    @pytest.mark.parametrize(
        "pages",
        [
            ["size='1' totalSize='3' offset='0'", None],
            ["size='1' totalSize='3' offset='0'", "size='1' totalSize='2' offset='1'"],
            ["size='1' totalSize='2' offset='0'", "size='1' totalSize='2' offset='0'"],
            ["size='1' totalSize='2' offset='0'", "size='1'"],
            ["size='3'", "size='3'"],
            ["size='1' totalSize='2' offset='7'"],
        ],
        ids=["ends early", "shrinks", "repeats", "unpaged", "cut", "elsewhere"],
    )
    def test_believes_no_listing_that_came_back_short(
        self, pages: Sequence[str | None]
    ) -> None:
        rest = iter(pages)

        def handle(request: Request) -> Response:
            if request.path == "/":
                return ROOT
            attributes = next(rest)
            if attributes is None:
                return xml("<MediaContainer size='0' totalSize='3' offset='1'/>")
            return xml(
                f"<MediaContainer {attributes}><Video ratingKey='5'/></MediaContainer>"
            )

        with pytest.raises(TransientError, match="a listing came back short"):
            everything(asking(handle))

    def test_goes_on_when_a_library_grows(self) -> None:
        def handle(request: Request) -> Response:
            start = int(request.headers.get("X-Plex-Container-Start", 0))
            page = (
                f"<MediaContainer size='1' totalSize='{min(start + 2, 3)}' "
                f"offset='{start}'><Video ratingKey='{start}'/></MediaContainer>"
            )
            return ROOT if request.path == "/" else xml(page)

        assert [item.key for item in everything(asking(handle))] == ["0", "1", "2"]


class TestReading:
    def test_reads_in_full_with_one_request(self) -> None:
        world = World()
        keys = world.add("a", "b")
        person = world.plex.person
        person.edit(int(keys[0]), title="A", summary="Two\nlines", lock=False)
        person.tag(int(keys[0]), "genre", "One", "Two", "Three", "Four")
        person.tag(int(keys[0]), "actor", "Dee", "Ann", "Cy", "Bo", lock=False)
        person.edit(int(keys[0]), studio="S", originallyAvailableAt="2020-02-02")

        items = world.client.read(keys)

        assert list(items) == keys
        assert items[keys[0]] == Item(
            key=keys[0],
            section="1",
            type=1,
            paths=("/films/a.mkv",),
            fields={
                Field.TITLE: FieldValue(value="A"),
                Field.SUMMARY: FieldValue(value="Two\nlines"),
                Field.STUDIO: FieldValue(value="S", locked=True),
                Field.DATE: FieldValue(value="2020-02-02", locked=True),
                Field.GENRES: FieldValue(
                    elements=("One", "Two", "Three", "Four"), locked=True
                ),
                Field.ACTORS: FieldValue(elements=("Dee", "Ann", "Cy", "Bo")),
            },
        )
        assert world.tally == {"plex root": 1, "plex items": 1}

    def test_reads_nothing_without_asking(self) -> None:
        world = World()

        assert world.client.read([]) == {}
        assert not world.tally

    def test_reads_a_key_once_that_is_asked_for_twice(self) -> None:
        world = World()
        (key,) = world.add("a")

        assert list(world.client.read([key, key])) == [key]

    def test_reads_no_more_than_fifty(self) -> None:
        keys = [ItemKey(str(number)) for number in range(MOST_ITEMS + 1)]

        with pytest.raises(ValueError, match="51 items at once: 50 are the most"):
            World().client.read(keys)

    @pytest.mark.parametrize("all_or_404", [False, True])
    def test_leaves_out_what_is_dead(self, *, all_or_404: bool) -> None:
        world = World(Switches(batch_read_all_or_404=all_or_404))
        keys = world.add("a", "b", "c", "d", "e", "f")
        asked = [world.dead(), *keys[:3], world.dead(), *keys[3:]]

        assert list(world.client.read(asked)) == keys
        assert world.tally["plex items"] == (11 if all_or_404 else 1)
        assert world.tally["plex root"] == (2 if all_or_404 else 1)

    def test_leaves_out_what_is_in_the_trash(self) -> None:
        world = World()
        keys = world.add("a", "b")
        world.plex.scanner.trash(int(keys[0]))

        assert list(world.client.read(keys)) == keys[1:]

    def test_asks_once_more_who_answers_before_a_404_counts(self) -> None:
        world = World()

        assert world.client.read([world.dead()]) == {}
        assert world.tally == {"plex root": 2, "plex items": 1}

    def test_takes_no_404_of_a_proxy_for_a_proof(self) -> None:
        """A proxy whose Plex is down says 404 to everything."""
        world = World()
        keys = world.add("a", "b")
        world.client.probe()
        gone = Response(status=404, body=b"404 page not found")
        world.adapter.faults.add(Fault(what=What.ANSWERED, answer=gone, times=99))

        with pytest.raises(TransientError, match=r"has no root \(404\)"):
            world.client.read(keys)

        world.adapter.faults.clear()
        assert list(world.client.read(keys)) == keys

    def test_takes_no_404_of_another_server_for_a_proof(self) -> None:
        world = World()
        key = world.dead()
        world.client.probe()
        before = world.plex.model.machine_identifier
        world.plex.model.machine_identifier = "other"

        with pytest.raises(StrangerError, match=f"now .other, before {before}."):
            world.client.read([key])


class TestWriting:
    def test_writes_everything_with_one_request(self) -> None:
        world = World()
        (key,) = world.add("a")
        person = world.plex.person
        person.tag(int(key), "genre", "Theirs", "Old, & %2C", lock=False)
        person.tag(int(key), "collection", "Shelf")
        was = world.plex.snapshot_of(int(key))

        world.edit(
            key,
            title=Change(value="T, “é” & 100 % + more", lock=True),
            summary=Change(value="S\n\n#2?", lock=True),
            studio=Change(value="St;udio"),
            date=Change(value="2026-11-22", lock=True),
            genres=Change(
                elements=("Theirs", "New"), removed=("Old, & %2C",), lock=True
            ),
            actors=Change(elements=("Zoë", "Ann, Jr."), lock=True),
        )

        now = world.plex.snapshot_of(int(key))
        assert dict(now.values) | {
            "title": "T, “é” & 100 % + more",
            "summary": "S\n\n#2?",
            "studio": "St;udio",
            "originallyAvailableAt": "2026-11-22",
            "year": "2026",
        } == dict(now.values)
        assert now.tags["genre"] == ("Theirs", "New")
        assert now.tags["actor"] == ("Zoë", "Ann, Jr.")
        assert now.tags["collection"] == was.tags["collection"]
        assert now.locks - was.locks == {
            "title",
            "summary",
            "originallyAvailableAt",
            "genre",
            "actor",
        }
        assert world.tally == {"plex root": 1, "plex put": 1}

    def test_empties_unlocks_and_removes(self) -> None:
        world = World()
        (key,) = world.add("a")
        world.plex.person.edit(
            int(key), summary="s", originallyAvailableAt="2020-02-02"
        )
        world.plex.person.tag(int(key), "actor", "Ann", "Bo")

        world.edit(
            key,
            summary=Change(lock=False),
            date=Change(),
            actors=Change(removed=("Ann", "Bo"), lock=False),
        )

        item = world.read(key)
        assert item.fields[Field.SUMMARY] == FieldValue()
        assert item.fields[Field.DATE] == FieldValue(locked=True)
        assert item.fields[Field.ACTORS] == FieldValue()

    @pytest.mark.parametrize(
        "switches",
        [
            Switches(tags_replace=replaces, adds_come_first=first)
            for replaces in (False, True)
            for first in (False, True)
        ],
        ids=["take, add", "add, take", "take, replace", "replace, take"],
    )
    def test_is_right_whether_tags_are_added_or_replaced(
        self, switches: Switches
    ) -> None:
        world = World(switches)
        (key,) = world.add("a")
        world.plex.person.tag(int(key), "genre", "Theirs", "Drama", "Old")

        wanted = ("Theirs", "Drama", "New")
        for _ in range(2):
            world.edit(key, genres=Change(elements=wanted, removed=("Old", "drama")))

        assert world.read(key).fields[Field.GENRES].elements == wanted

    def test_touches_no_other_item(self) -> None:
        world = World()
        key, other = world.add("a", "b")
        was = world.plex.snapshot_of(int(other))

        world.edit(key, title=Change(value="t", lock=True))

        assert world.plex.snapshot_of(int(other)) == was

    @pytest.mark.parametrize("key", ["", "101,102", "101&id=102", "x"])
    def test_never_sends_an_edit_of_anything_but_one_item(self, key: str) -> None:
        world = World()
        world.add("a", "b")

        with pytest.raises(ValueError, match="is no number"):
            world.edit(ItemKey(key), title=Change(value="t"))

        assert not world.adapter.counts

    @pytest.mark.parametrize("dead", list(DeadIdInPut))
    def test_says_that_an_item_is_gone(self, dead: DeadIdInPut) -> None:
        world = World(Switches(dead_id_in_put=dead))
        key = world.dead()

        with pytest.raises(GoneError, match=r"has nothing at /library/sections/1/all"):
            world.edit(key, title=Change(value="t"))

    @pytest.mark.parametrize("replaces", [False, True])
    def test_splits_what_is_too_long_for_one_address(self, *, replaces: bool) -> None:
        world = World(Switches(tags_replace=replaces))
        (key,) = world.add("a")
        many = tuple(f"Genre, number {number}" for number in range(130))
        gone = tuple(f"Once there was {number}" for number in range(130))
        for name in gone:
            world.plex.person.tag(int(key), "genre", name)

        failed = world.edit(
            key,
            title=Change(value="t", lock=True),
            genres=Change(elements=many, removed=gone, lock=True),
            summary=Change(value="s" * 7_000, lock=True),
        )

        fields = world.read(key).fields
        assert failed == {}
        assert fields[Field.TITLE] == FieldValue(value="t", locked=True)
        assert fields[Field.SUMMARY] == FieldValue(value="s" * 7_000, locked=True)
        assert fields[Field.GENRES] == FieldValue(elements=many, locked=True)
        assert world.tally["plex put"] == 3

    def test_says_that_a_value_is_too_long(self) -> None:
        world = World()
        (key,) = world.add("a")

        with pytest.raises(PermanentError, match=r"URL of 9\d{3} characters \(414\)"):
            world.edit(key, summary=Change(value="s" * 9_000))

        assert world.tally["plex put"] == 1

    def test_learns_how_long_an_address_may_be(self) -> None:
        world = World(Switches(url_limit=2_500))
        key, other = world.add("a", "b")
        edit = {
            "title": Change(value="t" * 1_000, lock=True),
            "studio": Change(value="u" * 1_000, lock=True),
            "summary": Change(value="s" * 1_000, lock=True),
            "genres": Change(elements=("One", "Two"), lock=True),
        }

        assert world.edit(key, **edit) == {}
        first = world.tally["plex put"]
        assert world.edit(other, **edit) == {}

        for one in (key, other):
            fields = world.read(one).fields
            assert fields[Field.TITLE] == FieldValue(value="t" * 1_000, locked=True)
            assert fields[Field.STUDIO] == FieldValue(value="u" * 1_000, locked=True)
            assert fields[Field.SUMMARY] == FieldValue(value="s" * 1_000, locked=True)
            assert fields[Field.GENRES].elements == ("One", "Two")
        # the second time, nothing is refused before it is split
        assert (first, world.tally["plex put"] - first) == (4, 3)

    @pytest.mark.parametrize("code", [414, 431])
    def test_gives_up_only_the_field_that_does_not_fit(self, code: int) -> None:
        world = World(Switches(url_limit=1_000))
        if code == 431:
            world.plex.model.switches = Switches(url_limit=None)
            big = Fault(
                what=What.ANSWERED,
                matches=lambda r: r.method == "PUT" and len(r.query) > 1_000,
                answer=Response(status=431),
                times=99,
            )
            world.adapter.faults.add(big)
        (key,) = world.add("a")
        names = tuple(f"Somebody, number {number}" for number in range(60))

        failed = world.edit(
            key,
            title=Change(value="t", lock=True),
            summary=Change(value="s" * 2_000, lock=True),
            genres=Change(elements=("One",), lock=True),
            actors=Change(elements=names, removed=("x" * 200, "y" * 900), lock=True),
        )

        assert {name: type(error) for name, error in failed.items()} == {
            Field.SUMMARY: PermanentError,
            Field.ACTORS: PermanentError,
        }
        assert "and its summary alone needs that much" in str(failed[Field.SUMMARY])
        fields = world.read(key).fields
        assert fields[Field.TITLE] == FieldValue(value="t", locked=True)
        assert fields[Field.SUMMARY] == FieldValue()
        assert fields[Field.GENRES] == FieldValue(elements=("One",), locked=True)
        assert fields[Field.ACTORS] == FieldValue()

    def test_what_is_refused_as_a_whole_is_sent_field_by_field(self) -> None:
        """The removals of a set stay with it, and only what is refused then is lost."""
        world = World()
        (key,) = world.add("a")
        world.edit(key, genres=Change(elements=("Old", "Kept")))
        world.adapter.faults.add(
            Fault(
                what=What.ANSWERED,
                matches=lambda request: "&title" in request.query,
                answer=Response(status=400),
                times=2,
            )
        )
        before = world.tally["plex put"]

        failed = world.edit(
            key,
            title=Change(value="t", lock=True),
            summary=Change(value="s", lock=True),
            genres=Change(elements=("Kept", "New"), removed=("Old",), lock=True),
        )

        assert [(n, type(e)) for n, e in failed.items()] == [
            (Field.TITLE, PermanentError)
        ]
        assert world.tally["plex put"] - before == 4
        fields = world.read(key).fields
        assert fields[Field.SUMMARY] == FieldValue(value="s", locked=True)
        assert set(fields[Field.GENRES].elements) == {"Kept", "New"}
        assert fields[Field.TITLE].value != "t"

    def test_says_its_version_once_it_has_told_it(self) -> None:
        world = World()
        assert world.client.version() == ""
        world.client.probe()
        before = dict(world.tally)
        assert world.client.version() == world.plex.model.version
        assert dict(world.tally) == before

    def test_a_refusal_costs_only_the_fields_of_its_part(self) -> None:
        world = World()
        (key,) = world.add("a")
        world.client.probe()
        world.adapter.faults.add(Fault(what=What.ANSWERED, answer=Response(status=400)))

        failed = world.edit(
            key,
            title=Change(value="t" * 3_000),
            summary=Change(value="s" * 7_000),
        )

        assert [(n, type(e)) for n, e in failed.items()] == [
            (Field.TITLE, PermanentError)
        ]
        assert world.read(key).fields[Field.SUMMARY].value == "s" * 7_000

    @pytest.mark.parametrize(
        ("fault", "kind", "wait"),
        [
            (Fault(what=What.ANSWERED, skip=1, answer=too_many(7)), BusyError, 7.0),
            (Fault(what=What.RESET_BEFORE, skip=1), AmbiguousError, None),
            (
                Fault(what=What.ANSWERED, skip=1, answer=Response(status=404)),
                GoneError,
                None,
            ),
        ],
    )
    def test_says_what_was_not_sent_of_a_write_that_stopped_half_way(
        self, fault: Fault[What], kind: type[ServerError], wait: float | None
    ) -> None:
        world = World()
        (key,) = world.add("a")
        world.client.probe()
        world.adapter.faults.add(fault)

        failed = world.edit(
            key,
            title=Change(value="t" * 3_000),
            summary=Change(value="s" * 7_000),
            actors=Change(elements=("a" * 1_000,)),
        )

        assert {name: type(error) for name, error in failed.items()} == {
            Field.SUMMARY: kind,
            Field.ACTORS: kind,
        }
        (error,) = set(failed.values())
        assert getattr(error, "retry_after", None) == wait
        assert world.read(key).fields[Field.TITLE].value == "t" * 3_000
        assert not world.read(key).fields[Field.SUMMARY].value
        assert world.tally["plex put"] == 2

    @pytest.mark.parametrize(
        ("answer", "wait"), [(too_many(7), 7.0), (Response(status=401), None)]
    )
    def test_is_unsure_of_a_set_that_was_sent_half(
        self, answer: Response, wait: float | None
    ) -> None:
        world = World()
        (key,) = world.add("a")
        world.client.probe()
        fault = Fault(what=What.ANSWERED, skip=1, answer=answer)
        world.adapter.faults.add(fault)
        many = tuple(f"Genre, number {number}" for number in range(150))

        gone = tuple(f"Once there was {number}" for number in range(50))

        with pytest.raises(AmbiguousError, match="a part of a set") as caught:
            world.edit(key, genres=Change(elements=many, removed=gone))

        assert caught.value.retry_after == wait
        assert world.read(key).fields[Field.GENRES].elements == many

    @settings(deadline=None)  # the first example loads plexapi
    @given(
        title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])),
        summary=st.text(st.sampled_from("a %&=+#,;[]<>\"'\\/?é\u0301日🎬\n")),
        tags=st.lists(
            st.text(st.sampled_from("ab %&=+#,;[]<>\"'\\/?日🎬"), min_size=1).filter(
                str.strip
            ),
            max_size=5,
            unique_by=lambda text: " ".join(text.split()).casefold(),
        ),
    )
    def test_any_text_comes_back_as_it_was_sent(
        self, title: str, summary: str, tags: list[str]
    ) -> None:
        world = World()
        (key,) = world.add("a")

        world.edit(
            key,
            title=Change(value=title),
            summary=Change(value=summary),
            actors=Change(elements=tuple(tags)),
        )
        fields = world.read(key).fields

        assert fields[Field.TITLE].value == title
        assert fields[Field.SUMMARY].value == summary
        assert fields[Field.ACTORS].elements == tuple(tags)
        world.edit(key, actors=Change(removed=tuple(tags)))
        assert world.read(key).fields[Field.ACTORS].elements == ()


def status(code: int, *headers: tuple[str, str]) -> Response:
    html = (("Content-Type", "text/html"),)
    return Response(status=code, headers=html + headers, body=b"<h1>no</h1>")


DATES = (
    ("Retry-After", "Sun, 22 Nov 2026 10:00:30 GMT"),
    ("Date", "Sun, 22 Nov 2026 10:00:00 GMT"),
)
MOVED = ("Location", f"https://me:{TOKEN}@plex.example/x?X-Plex-Token={TOKEN}")
PASSING, UNSURE = TransientError, AmbiguousError

STATUSES = [
    (status(400), PermanentError, PermanentError, "(400): look into the log"),
    (status(401), UnauthorisedError, UnauthorisedError, "check [plex] token"),
    (status(403), UnauthorisedError, UnauthorisedError, "has to be the owner's"),
    (status(404), GoneError, GoneError, "(404): it has to be looked for again"),
    (status(408), PASSING, UNSURE, "(408)"),
    (status(409), PermanentError, PermanentError, "(409): look into the log"),
    (status(414), TooLongError, PermanentError, "(414)"),
    (status(431), TooLongError, PermanentError, " characters "),
    (status(423), BusyError, BusyError, "has no time now (423)"),
    (too_many(7), BusyError, BusyError, "has no time now (429)"),
    (status(503), BusyError, BusyError, "has no time now (503)"),
    (LOCKED, PASSING, UNSURE, "(500)"),
    (status(502), PASSING, UNSURE, "(502)"),
    (status(504), PASSING, UNSURE, "(504)"),
    (status(599), PASSING, UNSURE, "(599)"),
    (status(202), PermanentError, PermanentError, "(202): look into the log"),
    (status(301, MOVED), StrangerError, StrangerError, "https://plex.example (301)"),
    (status(308, ("Location", "/x")), StrangerError, StrangerError, "(308): give"),
    (status(302), PermanentError, PermanentError, "(302): look into the log"),
]


def failing(world: World, fault: Fault[What], *, write: bool) -> ServerError:
    """Return what one read or write fails with once a client is connected."""
    (key,) = world.add("a")
    world.client.probe()
    world.adapter.faults.add(fault)
    edit = an_edit(key, title=Change(value="t"))
    with pytest.raises(ServerError) as caught:
        world.client.write(edit) if write else world.client.read([key])
    told(caught.value)
    return caught.value


class TestPoison:
    @pytest.mark.parametrize(
        "date",
        [
            "",
            "yesterday",
            "Fri, 31 Dec 99999999999 23:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 +99999999999999",
        ],
    )
    def test_has_no_clock_where_the_date_is_none(self, date: str) -> None:
        root = Response(
            headers=(*XML, ("Date", date)),
            body=b"<MediaContainer machineIdentifier='m'><Directory key='1'/>"
            b"</MediaContainer>",
        )
        client = asking(lambda _: root)

        (section,) = client.sections()

        assert section.clock is None

    def test_an_encoding_that_there_is_not_is_no_xml(self) -> None:
        spoilt = Response(
            headers=XML, body=b"<?xml version='1.0' encoding='UVF-8'?><MediaContainer/>"
        )
        client = asking(lambda request: ROOT if request.path == "/" else spoilt)

        with pytest.raises(TransientError, match="no whole XML"):
            client.sections()


class TestStatuses:
    @pytest.mark.parametrize(
        ("answer", "reading", "writing", "sentence"),
        STATUSES,
        ids=[str(answer.status) for answer, *_ in STATUSES],
    )
    def test_of_a_status(
        self,
        answer: Response,
        reading: type[ServerError],
        writing: type[ServerError],
        sentence: str,
    ) -> None:
        fault = Fault(what=What.ANSWERED, answer=answer)
        if reading is not GoneError:  # which a read takes for a dead item
            read = failing(World(), fault, write=False)
            assert type(read) is reading
            assert sentence in str(read)

        wrote = failing(World(), fault, write=True)

        assert type(wrote) is writing
        assert sentence in str(wrote)
        assert f"Plex at {URL}" in str(wrote)

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ((("Retry-After", "120"),), 120.0),
            (DATES, 30.0),
            ((("Retry-After", "Sun, 22 Nov 2020 10:00:30 GMT"), DATES[1]), 0.0),
            ((("Retry-After", "9" * 400),), 86_400.0),
            ((("Retry-After", "soon"),), None),
            ((("Retry-After", "-5"),), None),
            ((("Retry-After", "Sun, 22 Nov 2026 10:00:30 -0000"), DATES[1]), 30.0),
            ((("Retry-After", "Sun, 22 Nov 99999999999 10:00:30 GMT"), DATES[1]), None),
            ((), None),
        ],
    )
    def test_waits_as_long_as_told(
        self, headers: tuple[tuple[str, str], ...], wait: float | None
    ) -> None:
        fault = Fault(what=What.ANSWERED, answer=status(503, *headers))

        error = failing(World(), fault, write=False)

        assert isinstance(error, BusyError)
        assert error.retry_after == wait

    def test_follows_no_redirect(self) -> None:
        """A PUT would become a GET, and the token go to whoever is there."""
        world = World()
        here = status(302, ("Location", f"{URL}/library/sections"))

        failing(world, Fault(what=What.ANSWERED, answer=here), write=True)

        assert world.adapter.counts["sections"] == 0

    @pytest.mark.parametrize("why", list(Maintenance))
    def test_of_a_server_that_starts(self, why: Maintenance) -> None:
        world = World()
        world.plex.model.maintenance = why

        with pytest.raises(BusyError, match=r"has no time now \(503\)"):
            world.client.sections()

    def test_of_a_wrong_token(self) -> None:
        client = client_of(World().adapter, token="bogus")

        with pytest.raises(UnauthorisedError, match=r"\(401\): check \[plex\] token"):
            client.sections()

    def test_of_a_guest_who_writes(self) -> None:
        world = World()
        world.plex.model.guests.add("guest")
        (key,) = world.add("a")
        client = client_of(world.adapter, token="guest")

        assert client.read([key])
        with pytest.raises(UnauthorisedError, match="has to be the owner's"):
            client.write(an_edit(key, title=Change(value="t")))

    @pytest.mark.parametrize(
        ("answer", "kind", "sentence"),
        [
            (LOGIN_PAGE, StrangerError, "does not answer like Plex"),
            (xml("<rss/>"), StrangerError, "does not answer like Plex"),
            (EMPTY, TransientError, "0 bytes"),
            (xml("<MediaContainer><Vid"), TransientError, "no whole XML"),
        ],
        ids=["login page", "other XML", "nothing", "half"],
    )
    def test_of_a_read_that_is_answered_with_something_else(
        self, answer: Response, kind: type[ServerError], sentence: str
    ) -> None:
        error = failing(World(), Fault(what=What.ANSWERED, answer=answer), write=False)

        assert type(error) is kind
        assert sentence in str(error)

    @pytest.mark.parametrize("body", [LOGIN_PAGE.body, b"<p>unclosed", b"plain"])
    def test_of_a_write_that_is_answered_with_something_else(self, body: bytes) -> None:
        answer = Response(headers=LOGIN_PAGE.headers, body=body)

        error = failing(World(), Fault(what=What.ANSWERED, answer=answer), write=True)

        assert type(error) is AmbiguousError
        assert "something else than Plex's empty page" in str(error)

    def test_reads_latin_letters_where_no_encoding_is_named(self) -> None:
        body = "<MediaContainer machineIdentifier='m' friendlyName='Zoë'/>".encode()
        answer = Response(headers=(("Content-Type", "text/xml"),), body=body)

        assert asking(lambda _: answer).probe().name == "Zoë"


@contextmanager
def connected(world: World) -> Iterator[tuple[Server, PlexClient]]:
    """Put the double behind a real socket, with a client that has asked before."""
    with world.plex.serve() as server:
        endpoint = Endpoint(
            url=server.url, secret=TOKEN, connect_timeout=2, read_timeout=0.3
        )
        client = PlexClient(endpoint, Tally())
        client.probe()
        yield server, client


LOST = [
    (What.RESET_BEFORE, "connection reset by peer"),
    (What.RESET_AFTER, "connection reset by peer"),
    (What.BLACK_HOLE, "no answer for 0.3 s"),
    (What.SLOW_AFTER, "no answer for 0.3 s"),
]


class TestExchanges:
    @pytest.mark.parametrize(("what", "sentence"), LOST)
    def test_of_a_read(self, what: What, sentence: str) -> None:
        world = World()
        keys = world.add("a")
        with connected(world) as (server, client):
            server.faults.add(Fault(what=what))
            with pytest.raises(TransientError, match="lost during a read") as caught:
                client.read(keys)
            assert list(client.read(keys)) == keys

        assert type(caught.value) is TransientError
        assert sentence in told(caught.value)

    @pytest.mark.parametrize("what", [What.TRUNCATED, What.RESET_MIDWAY])
    def test_of_an_answer_that_breaks_off(self, what: What) -> None:
        world = World()
        with connected(world) as (server, client):
            server.faults.add(Fault(what=what))
            with pytest.raises(TransientError, match="lost during a read") as caught:
                client.sections()

        assert type(caught.value) is TransientError
        told(caught.value)

    @pytest.mark.parametrize(("what", "sentence"), LOST)
    def test_of_a_write(self, what: What, sentence: str) -> None:
        world = World()
        (key,) = world.add("a")
        with connected(world) as (server, client):
            server.faults.add(Fault(what=what))
            with pytest.raises(AmbiguousError, match="a read will tell") as caught:
                client.write(an_edit(key, title=Change(value="t")))

        assert sentence in told(caught.value)

    def test_of_a_write_after_a_failure_of_another_kind(self) -> None:
        """Only what this exchange met tells whether the write was sent."""
        world = World()
        (key,) = world.add("a")
        edit = an_edit(key, title=Change(value="t"))
        with connected(world) as (server, client):
            server.stop()
            with pytest.raises(TransientError, match="cannot be reached") as earlier:
                client.write(edit)
            server.start()
            server.faults.add(Fault(what=What.BLACK_HOLE))
            try:
                raise earlier.value
            except TransientError:
                with pytest.raises(AmbiguousError):
                    client.write(edit)

    @pytest.mark.parametrize("what", [What.DROPPED, What.LATE])
    def test_of_a_write_that_plex_drops(self, what: What) -> None:
        """Plex says yes: only a read-back can tell."""
        world = World()
        (key,) = world.add("a")
        world.client.probe()
        world.adapter.faults.add(Fault(what=what))

        world.edit(key, title=Change(value="t"))

        assert world.read(key).fields[Field.TITLE].value == "a"

    def test_of_a_server_that_is_down(self) -> None:
        world = World()
        (key,) = world.add("a")
        with connected(world) as (server, client):
            server.stop()
            for act in calls(client, key):
                with pytest.raises(
                    UnreachableError, match="cannot be reached"
                ) as caught:
                    act()
                assert type(caught.value) is UnreachableError
                assert "connection refused" in told(caught.value)

    def test_of_a_name_that_is_unknown(self) -> None:
        endpoint = Endpoint(url="http://plex.invalid:32400", secret=TOKEN)

        with pytest.raises(
            TransientError, match=r"plex\.invalid:32400 cannot"
        ) as caught:
            PlexClient(endpoint, Tally()).probe()

        told(caught.value)

    def test_of_a_connection_that_is_not_made(self) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            address = full.getsockname()
            with socket.create_connection(address), socket.socket() as waiting:
                waiting.setblocking(False)  # noqa: FBT003 - its only way
                waiting.connect_ex(address)
                endpoint = Endpoint(
                    url=f"http://127.0.0.1:{address[1]}", connect_timeout=0.2
                )
                with pytest.raises(
                    TransientError, match=r"reached \(no connection in 0\.2 s"
                ):
                    PlexClient(endpoint, Tally()).probe()


def calls(client: PlexClient, key: ItemKey) -> Iterator[Callable[[], object]]:
    yield lambda: client.read([key])
    yield lambda: client.write(an_edit(key, title=Change(value="t")))
    yield client.sections
    yield lambda: everything(client)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for 127.0.0.1 that nobody vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    arguments = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=plex"
    alternative = ["-addext", "subjectAltName=IP:127.0.0.1"]
    out = ["-keyout", str(file), "-out", str(file.with_suffix(".crt"))]
    command = [openssl, *arguments.split(), *alternative, *out]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our words
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@contextmanager
def tls_server(certificate: Path) -> Iterator[str]:
    """Answer the root of a Plex over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer_all, args=(listener, context))
        thread.start()
        try:
            yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _answer_all(listener: socket.socket, context: ssl.SSLContext) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(ROOT.body)}\r\n"
    answer = f"{head}Connection: close\r\nContent-Type: text/xml\r\n\r\n".encode()
    while True:
        try:
            raw, _ = listener.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(raw, server_side=True) as line:
                line.recv(4096)
                line.sendall(answer + ROOT.body)
        except OSError:
            raw.close()  # the client did not trust us


class TestTls:
    def test_trusts_what_it_is_told_to(
        self, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The config stands above what the environment says of authorities."""
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with tls_server(certificate) as url:
            endpoint = Endpoint(url=url, verify=str(certificate.with_suffix(".crt")))

            assert PlexClient(endpoint, Tally()).probe().name == "Den"

    @pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
    def test_trusts_anyone_if_it_is_told_to(
        self, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with tls_server(certificate) as url:
            endpoint = Endpoint(url=url, verify=False)

            assert PlexClient(endpoint, Tally()).probe().name == "Den"

    def test_trusts_nobody_else(self, certificate: Path) -> None:
        with tls_server(certificate) as url:
            client = PlexClient(Endpoint(url=url, secret=TOKEN), Tally())
            with pytest.raises(StrangerError, match=r"\[plex\] ca_file") as caught:
                client.probe()

        told(caught.value)

    def test_misses_the_file_of_authorities(self, tmp_path: Path) -> None:
        endpoint = Endpoint(url="https://127.0.0.1:1", verify=str(tmp_path / "no.pem"))

        with pytest.raises(StrangerError, match=r"no\.pem: check \[plex\] ca_file"):
            PlexClient(endpoint, Tally()).probe()

    def test_finds_no_tls(self) -> None:
        with World().plex.serve() as server:
            endpoint = Endpoint(url=server.url.replace("http:", "https:"))
            with pytest.raises(TransientError, match="no TLS there"):
                PlexClient(endpoint, Tally()).probe()


def test_the_report_says_no_more_than_it_is_told() -> None:
    nameless = xml("<MediaContainer machineIdentifier='m'/>")

    report = asking(lambda _: nameless).probe()

    assert report == PlexReport(name="", version="", machine="m")


def test_a_secret_is_not_in_what_a_client_shows() -> None:
    world: Mapping[str, object] = vars(World().client)

    assert TOKEN not in repr(world)
