"""The double driven with the real plexapi, over a socket, to see that they agree."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from plexapi import exceptions
from plexapi.server import PlexServer

from tests.sandbox.plex.asking import World
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.plex.switches import Switches
from tests.sandbox.server import Server

Client: TypeAlias = Any  # plexapi does not annotate what it gives
FILMS = ("Otter River.mp4", "Alpine Dawn.mkv", "Tide and Moon.mp4")


@pytest.fixture
def world() -> World:
    world = World()
    for film in FILMS:
        world.add(film)
    return world


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with world.plex.serve() as server:
        yield server


@pytest.fixture
def plex(world: World, server: Server) -> Iterator[Client]:
    plex = PlexServer(server.url, world.plex.model.token)
    yield plex
    plex._session.close()


@pytest.fixture
def otter(plex: Client) -> Client:
    """Return a film that is not partial, so that reading it costs nothing more."""
    film = plex.library.section("Films").get("Otter River")
    film.reload()
    return film


class TestConnecting:
    def test_it_costs_one_request(
        self, plex: Client, server: Server, world: World
    ) -> None:
        assert plex.machineIdentifier == world.plex.model.machine_identifier
        assert server.counts == {"root": 1}

    def test_a_wrong_token(self, server: Server) -> None:
        with pytest.raises(exceptions.Unauthorized):
            PlexServer(server.url, "bogus-token")

    def test_maintenance(self, server: Server, world: World) -> None:
        world.plex.model.maintenance = Maintenance.STARTUP

        with pytest.raises(exceptions.BadRequest, match=r"^\(503\)"):
            PlexServer(server.url, world.plex.model.token)

    def test_sections(self, plex: Client, world: World) -> None:
        (films,) = plex.library.sections()

        assert (films.key, films.title, films.type) == (world.films, "Films", "movie")
        assert films.locations == ["/media/films"]
        assert films.agent == "tv.plex.agents.none"
        assert films.totalSize == 3

    def test_pages(self, plex: Client, server: Server) -> None:
        films = plex.library.section("Films")
        server.counts.clear()

        titles = [film.title for film in films.all(container_size=2)]

        assert titles == ["Alpine Dawn", "Otter River", "Tide and Moon"]
        assert server.counts == {"listing": 2}

    def test_a_cap_on_pages_makes_plexapi_miss_items(
        self, world: World, plex: Client
    ) -> None:
        """It goes on by what it asked for, not by what came."""
        world.plex.model.switches = Switches(page_cap=1)

        found = plex.library.section("Films").all(container_size=2)

        assert len(found) < len(FILMS)

    def test_several_items_in_one_request(self, plex: Client, world: World) -> None:
        keys = list(world.plex.snapshot())

        films = plex.fetchItems(keys)

        assert [film.ratingKey for film in films] == keys
        with pytest.raises(exceptions.NotFound):
            plex.fetchItem(9999)


class TestEditing:
    def test_a_title(self, otter: Client) -> None:
        otter.editTitle("Tïtle & <co> 100% +1")
        otter.reload()

        assert otter.title == "Tïtle & <co> 100% +1"
        assert otter.isLocked("title")

    def test_a_value_without_a_lock_and_a_lock_taken_off(self, otter: Client) -> None:
        otter.editSummary("A river.", locked=False).editStudio("Fernleaf")
        otter.edit(**{"studio.locked": 0})
        otter.reload()

        assert (otter.summary, otter.studio, otter.fields) == (
            "A river.",
            "Fernleaf",
            [],
        )

    def test_genres(self, otter: Client) -> None:
        otter.addGenre(["A, x", "é", "Nature"])
        otter.reload()
        added = [genre.tag for genre in otter.genres]
        otter.removeGenre(["A, x", "é"])
        otter.reload()

        assert added == ["A, x", "é", "Nature"]
        assert [genre.tag for genre in otter.genres] == ["Nature"]

    def test_actors(self, otter: Client) -> None:
        otter.edit(
            **{
                "actor[0].tag.tag": "Ada Fern",
                "actor[0].tagging.text": "the otter",
                "actor.locked": 1,
            }
        )
        otter.reload()

        (ada,) = otter.actors
        assert (ada.tag, ada.role) == ("Ada Fern", "the otter")
        assert otter.isLocked("actor")

    def test_a_batch_is_one_request(self, otter: Client, server: Server) -> None:
        otter.batchEdits().editTitle("Otters").addLabel("seen")
        otter.addCollection("Rivers").saveEdits()
        otter.reload()

        assert server.counts["put"] == 1
        assert otter.title == "Otters"
        assert [label.tag for label in otter.labels] == ["seen"]
        assert [one.tag for one in otter.collections] == ["Rivers"]

    def test_several_items_in_one_edit(
        self, plex: Client, world: World, server: Server
    ) -> None:
        films = plex.library.section("Films")
        chosen = films.all()[:2]

        films.batchMultiEdits(chosen).editStudio("Fernleaf").saveMultiEdits()

        studios = [world.of(film.ratingKey).values["studio"] for film in chosen]
        assert studios == ["Fernleaf"] * 2
        assert server.counts["put"] == 1

    def test_locking_a_field_of_all_items(self, plex: Client, world: World) -> None:
        """The edit without an id."""
        plex.library.section("Films").lockAllField("title", "movie")

        locks = {item.locks for item in world.plex.snapshot().values()}
        assert locks == {frozenset({"title"})}

    def test_refusals(self, otter: Client, world: World) -> None:
        with pytest.raises(exceptions.BadRequest, match=r"^\(400\)"):
            otter.edit(**{"nonsense.value": "x"})
        with pytest.raises(exceptions.BadRequest, match=r"^\(500\)"):
            otter.edit(**{"rating.value": "good"})
        with pytest.raises(exceptions.BadRequest, match=r"^\(414\)"):
            otter.editSummary("x" * 9000)
        world.plex.moves.rekey(otter.ratingKey)
        with pytest.raises(exceptions.NotFound):
            otter.editTitle("Otters")

    def test_an_addition_to_a_listed_item_sends_what_it_has_seen(
        self, plex: Client, world: World, otter: Client
    ) -> None:
        """A listing shows two genres of three; what was taken out comes back."""
        world.plex.person.tag(otter.ratingKey, "genre", "A", "B", "C")
        listed = plex.library.section("Films").get("Otter River")
        seen = [genre.tag for genre in listed.genres]
        world.plex.person.untag(otter.ratingKey, "genre", "A")

        listed.addGenre("D")

        assert seen == ["A", "B"]
        assert world.tags(otter.ratingKey, "genre") == ("B", "C", "A", "D")

    def test_a_rating(self, otter: Client) -> None:
        otter.rate(8)
        otter.reload()

        assert otter.userRating == 8.0


class TestOthers:
    def test_posters(self, otter: Client) -> None:
        session, address = otter._server._session, f"{otter.key}/posters"
        otter._server.query(address, method=session.post, data=b"a picture")
        generated, uploaded = otter.posters()
        chosen = (generated.selected, uploaded.selected)
        generated.select()
        otter.reload()

        assert chosen == (False, True)
        assert [poster.selected for poster in otter.posters()] == [True, False]
        assert otter.isLocked("thumb")

    def test_collections(self, plex: Client, otter: Client) -> None:
        otter.addCollection("Rivers")

        (rivers,) = plex.library.section("Films").collections()

        assert rivers.title == "Rivers"
        assert [film.ratingKey for film in rivers.items()] == [otter.ratingKey]

    def test_scans_and_refreshes(
        self, plex: Client, world: World, server: Server, otter: Client
    ) -> None:
        films = plex.library.section("Films")
        otter.editTitle("Otters", locked=False)
        world.plex.scanner.add_file("/media/films/New + old/Reeds.mkv")

        films.update(path="/media/films/New + old")
        films.refresh()
        otter.refresh()

        titles = {film.title for film in films.all()}
        assert titles == {"Otter River", "Alpine Dawn", "Tide and Moon", "Reeds"}
        assert server.counts["refresh"] == 3
