"""What the double tells of its items, and what it keeps to itself."""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.sandbox.plex.asking import JSON, World, names
from tests.sandbox.plex.markup import Node
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.server import Request


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def otter(world: World) -> int:
    return world.add("Otter River.mp4")


@pytest.fixture
def dawn(world: World) -> int:
    return world.add("Alpine Dawn.mkv")


def crowd(world: World, key: int) -> None:
    """Give an item more of everything than a listing shows."""
    for kind in ("genre", "country", "director", "writer", "actor", "producer"):
        world.plex.person.tag(key, kind, *(f"{kind} {i}" for i in range(5)))
    world.plex.person.tag(key, "collection", "Rivers", "Short")
    world.plex.person.tag(key, "label", "seen twice")


class TestAccess:
    def test_a_token_in_the_header_or_in_the_query(self, world: World) -> None:
        token = world.plex.model.token
        by_header = Request.to("GET", "/", {"x-plex-token": token})
        by_query = Request.to("GET", f"/?X-Plex-Token={token}")

        assert world.plex.handle(by_header).status == 200
        assert world.plex.handle(by_query).status == 200

    @pytest.mark.parametrize("token", ["", "bogus-token"])
    def test_no_token_or_a_wrong_one(self, world: World, token: str) -> None:
        request = Request.to("GET", "/library/sections", {"X-Plex-Token": token})

        response = world.plex.handle(request)

        assert response.status == 401
        assert response.kind == "sections"

    def test_identity_wants_no_token(self, world: World) -> None:
        assert world.plex.handle(Request.to("GET", "/identity")).status == 200

    def test_a_guest_reads(self, world: World, otter: int) -> None:
        world.plex.model.guests.add("guest-token")
        target = f"/library/metadata/{otter}?X-Plex-Token=guest-token"

        assert world.plex.handle(Request.to("GET", target)).status == 200

    def test_xml_unless_json_is_asked_for(self, world: World) -> None:
        content_types = [
            dict(world.get("/library/sections", head).headers)["Content-Type"]
            for head in ({}, {"Accept": "*/*"}, JSON)
        ]

        assert content_types == [
            "text/xml;charset=utf-8",
            "text/xml;charset=utf-8",
            "application/json",
        ]

    @pytest.mark.parametrize("why", Maintenance)
    def test_maintenance_comes_before_everything(
        self, world: World, otter: int, why: Maintenance
    ) -> None:
        """The same 503 with and without a token; nothing is applied."""
        world.plex.model.maintenance = why

        assert world.edit(otter, {"title.value": "Otter"}) == 503
        assert world.plex.handle(Request.to("GET", "/library")).status == 503
        assert world.of(otter).values["title"] == "Otter River"

    def test_what_is_not_there(self, world: World, otter: int) -> None:
        for method, target in (
            ("GET", "/nowhere"),
            ("GET", "/library/metadata/9999/posters"),
            ("POST", "/library/metadata/9999/posters"),
            ("PUT", "/library/metadata/9999/refresh"),
            ("PUT", "/library/sections/99/all?title.value=x"),
            ("DELETE", f"/library/metadata/{otter}"),
            # A scan is asked for with GET; PUT is refused.
            ("PUT", f"/library/sections/{world.films}/refresh"),
        ):
            assert world.ask(method, target).status == 404, (method, target)


class TestSections:
    def test_a_listing_of_no_number(self, world: World) -> None:
        assert world.get("/library/sections/None/all").status == 500

    def test_a_section_of_shows_by_file_without_a_type(self, world: World) -> None:
        shows = world.plex.add_section("Shows", "/media/shows", type="show")

        assert world.get(f"/library/sections/{shows}/all?file=a.mkv").status == 500
        assert len(world.xml(f"/library/sections/{shows}/all?type=4")) == 0

    def test_a_deleted_section(self, world: World, otter: int) -> None:
        world.plex.moves.delete_section(world.films)

        assert world.get(f"/library/sections/{world.films}/all").status == 404
        assert world.get(f"/library/metadata/{otter}").status == 404
        assert len(world.xml("/library/sections")) == 0


class TestListing:
    def test_tags_are_cut_and_have_no_ids(self, world: World, otter: int) -> None:
        crowd(world, otter)

        row = world.listed(otter)

        shown = {tag: len(names(row, tag)) for tag in {t.tag for t in row} - {"Media"}}
        assert shown == {
            "Genre": 2,
            "Country": 2,
            "Writer": 2,
            "Role": 3,
            "Director": 1,
            "Collection": 1,
        }
        assert all(set(tag.attrib) == {"tag"} for tag in row if tag.tag != "Media")
        assert names(row, "Genre") == ["genre 0", "genre 1"]

    def test_what_a_listing_does_not_say(self, world: World, otter: int) -> None:
        """No locks, labels, producers, section or streams, but the files."""
        crowd(world, otter)

        row = world.listed(otter)

        assert not {"Field", "Label", "Producer", "Stream"} & {
            e.tag for e in row.iter()
        }
        assert not any(name.startswith("librarySection") for name in row.attrib)
        assert row.findall("Media/Part")[0].get("file") == (
            "/media/films/Otter River.mp4"
        )

    def test_the_container_says_which_section(self, world: World, otter: int) -> None:
        container = world.xml(f"/library/sections/{world.films}/all")

        assert container.get("librarySectionID") == str(world.films)
        assert container[0].get("ratingKey") == str(otter)

    def test_a_sort_title_only_where_it_differs(self, world: World, otter: int) -> None:
        world.edit(otter, {"titleSort.value": "Otter River"})
        same = world.full(otter).get("titleSort")
        world.edit(otter, {"titleSort.value": "River, Otter"})

        assert (same, world.full(otter).get("titleSort")) == (None, "River, Otter")

    @pytest.mark.usefixtures("otter", "dawn")
    def test_no_page_no_total(self, world: World) -> None:
        response = world.get(f"/library/sections/{world.films}/all")

        assert b"totalSize" not in response.body
        assert not any("Container" in name for name, _ in response.headers)

    @pytest.mark.parametrize("by_header", [True, False])
    def test_pages(self, world: World, *, by_header: bool) -> None:
        """By header or by query, a page says where it starts and how many there are."""
        keys = [world.add(f"River {i}.mp4") for i in range(5)]
        page = {"X-Plex-Container-Start": "3", "X-Plex-Container-Size": "3"}
        query = "" if by_header else "&".join(f"{k}={v}" for k, v in page.items())
        target = f"/library/sections/{world.films}/all?{query}"

        response = world.get(target, page if by_header else {})
        rows = world.xml(target, page if by_header else {})

        assert [int(row.attrib["ratingKey"]) for row in rows] == keys[3:]
        counted = {name: rows.get(name) for name in ("size", "offset", "totalSize")}
        assert counted == {"size": "2", "offset": "3", "totalSize": "5"}
        assert (
            dict(response.headers).items()
            >= {
                "X-Plex-Container-Start": "3",
                "X-Plex-Container-Total-Size": "5",
            }.items()
        )

    @pytest.mark.usefixtures("otter")
    def test_a_page_after_the_end(self, world: World) -> None:
        target = f"/library/sections/{world.films}/all?X-Plex-Container-Start=9"

        rows = world.xml(target)

        assert (len(rows), rows.get("totalSize")) == (0, "1")

    def test_an_edit_between_two_pages_moves_items(self, world: World) -> None:
        """Pages are by title: who edits while paging may miss an item."""
        keys = [world.add(f"{letter}.mp4") for letter in "ABCD"]
        size = "X-Plex-Container-Size=2"
        first = world.listing(f"X-Plex-Container-Start=0&{size}")
        world.edit(keys[0], {"title.value": "Z"})
        second = world.listing(f"X-Plex-Container-Start=2&{size}")

        assert set(keys) - {*first, *second} == {keys[2]}

    def test_collections_are_counted_unless_refused(
        self, world: World, otter: int
    ) -> None:
        world.plex.person.tag(otter, "collection", "Rivers")
        (rivers,) = world.plex.model.collections

        assert world.listing("includeCollections=1") == [otter, rivers]
        assert world.listing("includeCollections=0") == [otter]
        assert world.listing("type=18") == [rivers]

    def test_guids_only_when_asked_for(self, world: World, otter: int) -> None:
        imdb = Node("Guid", {"id": "imdb://tt0000001"})
        world.plex.model.items[otter].others.append(imdb)
        target = f"/library/sections/{world.films}/all?type=1"

        silent, told = (
            world.xml(f"{target}{query}")[0].findall("Guid")
            for query in ("", "&includeGuids=1")
        )

        assert (len(silent), len(told)) == (0, 1)

    def test_reading_while_a_scan_goes_on(
        self, world: World, request: pytest.FixtureRequest
    ) -> None:
        """No request sees half of a change, however often threads take turns."""
        request.addfinalizer(partial(sys.setswitchinterval, sys.getswitchinterval()))
        sys.setswitchinterval(1e-6)

        def add_and_list(number: int) -> bool:
            return world.add(f"River {number}.mp4") in world.listing()

        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(add_and_list, range(80)))

        assert all(seen)
        assert len(world.plex.snapshot()) == 80


class TestFilters:
    @pytest.mark.parametrize("name", ["updatedAt", "addedAt"])
    def test_after_is_strict_and_at_or_after_is_ignored(
        self, world: World, otter: int, name: str
    ) -> None:
        then = world.clock.now
        world.clock.advance()
        dawn = world.add("Alpine Dawn.mkv")

        for operator in ("%3E", "%3E%3E", ">>", ">"):
            assert world.listing(f"{name}{operator}={then}") == [dawn]
            assert world.listing(f"{name}{operator}={then + 1}") == []
        # The whole library, and no error.
        assert world.listing(f"{name}%3E%3D={then + 9}") == [dawn, otter]

    def test_before(self, world: World, otter: int) -> None:
        world.clock.advance()
        world.add("Alpine Dawn.mkv")

        assert world.listing(f"updatedAt%3C%3C={world.clock.now}") == [otter]

    def test_an_item_without_a_time_is_never_matched(
        self, world: World, otter: int
    ) -> None:
        world.plex.model.items[otter].updated_at = None

        assert world.listing("updatedAt%3E=0") == []
        assert world.listing(f"updatedAt%3C={world.clock.now + 1}") == []

    @pytest.mark.parametrize(
        "query",
        [
            "title.begins=X",
            "sort=addedAt:desc",
            "nonsense=1",
            "title=",
            "file=",
            "genre=",
        ],
    )
    def test_what_is_not_known_or_empty_matches_everything(
        self, world: World, otter: int, dawn: int, query: str
    ) -> None:
        assert world.listing(f"type=1&{query}") == [dawn, otter]

    def test_flags(self, world: World, otter: int, dawn: int) -> None:
        world.plex.scanner.trash(otter)
        world.plex.scanner.add_version(dawn, "/media/films/Alpine Dawn 2.mkv")
        world.plex.model.items[dawn].guid = "plex://movie/5d77682e"

        assert world.listing("trash=1") == [otter]
        assert world.listing("duplicate=1") == [dawn]
        assert world.listing("unmatched=1") == [otter]
        assert world.listing("type=1") == [dawn, otter]

    @pytest.mark.usefixtures("dawn")
    def test_by_file_is_not_exact(self, world: World, otter: int) -> None:
        """By path or by name, and whatever else contains it."""
        tail = world.add("Big Otter River.mp4")

        assert world.listing("file=/media/films/Otter%20River.mp4") == [otter]
        assert world.listing("file=Otter%20River.mp4") == [tail, otter]

    def test_a_comma_is_an_or(self, world: World, otter: int, dawn: int) -> None:
        assert world.listing("title=otter,alp") == [dawn, otter]
        assert world.listing("file=Alpine%2COtter") == [dawn, otter]

    @pytest.mark.usefixtures("dawn")
    def test_by_the_id_of_a_tag(self, world: World, otter: int) -> None:
        world.plex.person.tag(otter, "genre", "Nature")
        (genre,) = world.full(otter).findall("Genre")

        assert world.listing(genre.attrib["filter"]) == [otter]


class TestFullItem:
    def test_all_tags_with_ids_and_all_locks(self, world: World, otter: int) -> None:
        crowd(world, otter)

        item = world.full(otter)

        assert names(item, "Genre") == [f"genre {i}" for i in range(5)]
        assert len(names(item, "Role")) == len(names(item, "Producer")) == 5
        assert names(item, "Label") == ["seen twice"]
        for tag in item.findall("Genre"):
            assert tag.get("filter") == f"genre={tag.get('id')}"
        assert {
            field.get("name") for field in item.findall("Field") if field.get("locked")
        } >= {"genre", "actor", "label"}
        assert item.get("librarySectionID") == str(world.films)

    def test_several_at_once(self, world: World, otter: int, dawn: int) -> None:
        rows = world.xml(f"/library/metadata/{dawn},{otter}")

        assert {row.get("ratingKey") for row in rows} == {str(otter), str(dawn)}
        assert rows.get("size") == "2"
        assert rows.get("totalSize") is None

    def test_items_of_two_sections_have_no_section_in_common(
        self, world: World, otter: int
    ) -> None:
        """A file in two libraries is two items."""
        again = world.plex.add_section("All", "/media")
        world.plex.scanner.scan(again)
        twin = world.plex.scanner.key_of(again, "/media/films/Otter River.mp4")

        rows = world.xml(f"/library/metadata/{otter},{twin}")

        assert rows.get("librarySectionID") is None
        assert [row.get("librarySectionID") for row in rows] == ["1", str(again)]

    def test_versions_and_stacked_files(self, world: World, otter: int) -> None:
        scanner = world.plex.scanner
        scanner.add_version(otter, "/media/films/Otter River 2.mp4", stacked=True)
        scanner.add_version(otter, "/media/films/Otter River 4k.mkv")

        media = world.full(otter).findall("Media")

        assert [len(one.findall("Part")) for one in media] == [2, 1]

    def test_files_are_checked_only_when_asked_for(
        self, world: World, otter: int
    ) -> None:
        world.plex.scanner.remove_file("/media/films/Otter River.mp4")

        silent, told = (
            world.xml(f"/library/metadata/{otter}{query}")[0].find("Media/Part")
            for query in ("", "?checkFiles=1")
        )

        assert silent is not None
        assert told is not None
        assert silent.get("exists") is None
        assert told.get("exists") == told.get("accessible") == "0"

    def test_a_collection_and_its_children(self, world: World, otter: int) -> None:
        world.plex.person.tag(otter, "collection", "Rivers")
        (rivers,) = world.plex.model.collections

        for path in ("/library/collections", "/library/metadata"):
            assert world.xml(f"{path}/{rivers}")[0].get("title") == "Rivers"
            (child,) = world.xml(f"{path}/{rivers}/children")
            assert child.get("ratingKey") == str(otter)
