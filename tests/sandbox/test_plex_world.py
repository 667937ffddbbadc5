"""What happens to items without an edit: images, refreshes, scans, moves."""

import hashlib

import pytest

from tests.sandbox.plex.asking import World
from tests.sandbox.plex.state import MOVIE_AGENT, Offer

RIVER = "/media/films/Otter River.mp4"
PICTURE = b"a picture of an otter"
KEY = f"upload://posters/{hashlib.sha1(PICTURE, usedforsecurity=False).hexdigest()}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def otter(world: World) -> int:
    return world.add("Otter River.mp4")


def upload(world: World, key: int, content: bytes = PICTURE) -> None:
    target = f"/library/metadata/{key}/posters"
    response = world.ask("POST", target, body=content)
    assert (response.status, response.body) == (200, b"")


class TestImages:
    def test_an_upload_is_chosen_at_once(self, world: World, otter: int) -> None:
        """Its key is the SHA-1 of its bytes; the answer is an empty 200."""
        then = world.clock.advance(100)
        upload(world, otter)

        assert world.of(otter).poster == KEY
        assert world.full(otter).get("thumb") == (
            f"/library/metadata/{otter}/thumb/{then}"
        )

    def test_the_same_bytes_are_no_second_poster(
        self, world: World, otter: int
    ) -> None:
        upload(world, otter)
        upload(world, otter, b"another")
        before = world.of(otter)
        then = world.clock.advance()
        upload(world, otter)

        after = world.of(otter)
        assert after.posters == before.posters
        assert (before.poster == KEY, after.poster == KEY) == (False, True)
        assert str(world.full(otter).get("thumb")).endswith(str(then))

    def test_an_upload_by_url_that_is_not_reachable_is_silent(
        self, world: World, otter: int
    ) -> None:
        world.plex.model.web["http://example.com/a.jpg"] = PICTURE
        target = f"/library/metadata/{otter}/posters?url=http%3A%2F%2Fexample.com%2F"

        statuses = [world.ask("POST", target + name).status for name in ("b", "a.jpg")]

        assert statuses == [200, 200]
        assert world.of(otter).posters[1:] == (KEY,)

    def test_a_choice_locks_and_moves_the_time_stamp_always(
        self, world: World, otter: int
    ) -> None:
        upload(world, otter)
        target = f"/library/metadata/{otter}/poster?url={KEY}"
        answers = []
        for _ in range(2):
            world.clock.advance()
            answers.append(world.ask("PUT", target).body.decode())

        assert world.of(otter).locks == {"thumb"}
        assert answers[0] != answers[1] == world.full(otter).get("thumb")

    def test_a_poster_that_is_not_there(self, world: World, otter: int) -> None:
        target = f"/library/metadata/{otter}/poster?url=upload%3A%2F%2Fposters%2Fno"

        assert world.ask("PUT", target).status == 404

    def test_unset_leaves_the_candidates(self, world: World, otter: int) -> None:
        upload(world, otter)
        before = world.of(otter).posters

        world.ask("DELETE", f"/library/metadata/{otter}/thumb")

        assert world.of(otter).posters == before
        assert world.full(otter).get("thumb") is None

    def test_the_bytes_can_be_read_again(self, world: World, otter: int) -> None:
        upload(world, otter)
        photos = world.xml(f"/library/metadata/{otter}/posters")
        (chosen,) = (photo for photo in photos if photo.get("selected") == "1")

        for path in (chosen.attrib["key"], world.full(otter).attrib["thumb"]):
            assert world.get(path).body == PICTURE
        assert world.get(f"/library/metadata/{otter}/file?url=no").status == 404

    def test_backgrounds_are_apart_from_posters(self, world: World, otter: int) -> None:
        world.ask("POST", f"/library/metadata/{otter}/arts", body=PICTURE)
        (photo,) = world.xml(f"/library/metadata/{otter}/arts")
        world.ask("PUT", f"/library/metadata/{otter}/art?url={photo.get('ratingKey')}")

        assert photo.get("ratingKey") == KEY.replace("posters", "arts")
        assert world.of(otter).locks == {"art"}
        assert world.get(world.full(otter).attrib["art"]).body == PICTURE


class TestRefresh:
    @pytest.mark.parametrize(
        ("method", "target"),
        [
            ("PUT", "/library/metadata/{key}/refresh"),
            ("GET", "/library/sections/{section}/refresh?force=1"),
        ],
    )
    def test_only_what_is_not_locked_is_lost(
        self, world: World, otter: int, method: str, target: str
    ) -> None:
        person = world.plex.person
        person.edit(otter, lock=False, title="Otters", summary="A river.")
        person.edit(otter, studio="Fernleaf")
        person.tag(otter, "genre", "Nature", lock=False)
        person.tag(otter, "actor", "Ada Fern")
        person.tag(otter, "label", "seen", lock=False)

        world.ask(method, target.format(key=otter, section=world.films))

        after = world.of(otter)
        assert after.values["title"] == "Otter River"
        assert after.values["studio"] == "Fernleaf"
        assert "summary" not in after.values
        assert after.tags == {"actor": ("Ada Fern",), "label": ("seen",)}

    def test_a_locked_title_stays(self, world: World, otter: int) -> None:
        world.plex.person.edit(otter, title="Otters")
        world.plex.agent.refresh_section(world.films)

        assert world.of(otter).values["title"] == "Otters"

    def test_an_agent_overwrites_what_is_not_locked(self, world: World) -> None:
        section = world.plex.add_section("Cinema", "/media/cinema", agent=MOVIE_AGENT)
        world.plex.model.offers["/media/cinema/Brook.mp4"] = Offer(
            guid="plex://movie/5d776830",
            values={"title": "The Brook", "summary": "Offered."},
            tags={"genre": ("Documentary",), "director": ("Bo Reed",)},
        )
        key = world.plex.add(section, "/media/cinema/Brook.mp4")
        world.plex.person.edit(key, title="Brook, mine")
        world.plex.person.edit(key, lock=False, summary="Mine.")
        world.plex.person.tag(key, "genre", "Nature")
        world.plex.agent.refresh(key)

        after = world.of(key)
        assert after.guid == "plex://movie/5d776830"
        assert after.values["title"] == "Brook, mine"
        assert after.values["summary"] == "Offered."
        assert after.tags["genre"] == ("Documentary", "Nature")
        assert after.tags["director"] == ("Bo Reed",)

    def test_an_agent_that_knows_nothing_takes_nothing(self, world: World) -> None:
        section = world.plex.add_section("Cinema", "/media/cinema", agent=MOVIE_AGENT)
        key = world.plex.add(section, "/media/cinema/Brook.mp4")
        world.plex.person.edit(key, lock=False, title="The Brook")
        world.plex.agent.refresh(key)

        assert world.of(key).values["title"] == "The Brook"

    def test_a_poster_that_is_not_locked_is_lost(
        self, world: World, otter: int
    ) -> None:
        before = world.of(otter).poster
        upload(world, otter)
        world.plex.agent.refresh(otter)
        dawn = world.add("Alpine Dawn.mkv")
        world.plex.person.choose_poster(dawn, PICTURE)
        world.plex.agent.refresh(dawn)

        assert world.of(otter).poster == before
        assert world.of(dawn).poster == KEY


class TestScans:
    def test_a_new_item_is_named_after_its_file(self, world: World, otter: int) -> None:
        item = world.of(otter)

        assert item.values["title"] == "Otter River"
        assert item.guid == f"local://{otter}"
        assert (item.files, item.locks) == ((RIVER,), frozenset())

    def test_a_long_path_on_windows(self, world: World) -> None:
        """It is told with a prefix that the library's own folder does not have."""
        section = world.plex.add_section("Far", "D:\\films")
        file = "\\\\?\\D:\\films\\Reed Bed.mkv"
        key = world.plex.add(section, file)

        assert world.of(key).values["title"] == "Reed Bed"
        assert world.of(key).files == (file,)

    def test_nothing_is_known_before_the_scan(self, world: World, otter: int) -> None:
        world.plex.scanner.add_file("/media/films/Alpine Dawn.mkv")
        world.plex.scanner.add_file("/media/other/Reeds.mkv")
        before = world.listing()
        world.get(f"/library/sections/{world.films}/refresh")

        assert before == [otter]
        assert len(world.listing()) == 2

    def test_a_scan_that_takes_its_time(self, world: World) -> None:
        world.plex.model.scans_wait = True
        world.plex.scanner.add_file(RIVER)
        target = f"/library/sections/{world.films}/refresh"
        world.get(f"{target}?path=%2Fmedia%2Ffilms")
        before = world.listing()
        world.plex.scanner.finish_scans()
        after = world.listing()
        world.plex.scanner.add_file("/media/films/Alpine Dawn.mkv")
        world.get(target)
        world.ask("DELETE", target)
        world.plex.scanner.finish_scans()

        assert (len(before), len(after), len(world.listing())) == (0, 1, 1)

    def test_a_library_says_that_it_is_being_scanned(self, world: World) -> None:
        world.plex.model.scans_wait = True
        told = []
        for _ in range(2):
            world.scan("/media/films/lake")
            told.append(world.xml("/library/sections")[0].get("refreshing"))
            world.plex.scanner.finish_scans()
            told.append(world.xml("/library/sections")[0].get("refreshing"))

        assert told == ["1", "0", "1", "0"]

    def test_what_is_not_mounted_is_lost_with_a_scan(
        self, world: World, otter: int
    ) -> None:
        """The less forgiving reading: whatever lies below it is missed, and emptied."""
        heron = world.plex.add(world.films, "/media/films/lake/Heron.mkv")
        world.plex.scanner.unmount("/media/films/lake")
        before = world.plex.snapshot()

        world.scan("/media/films/sea")
        assert world.plex.snapshot() == before
        world.scan("/media/films/lake")

        assert before.keys() == {otter, heron}
        assert world.plex.snapshot().keys() == {otter}

    def test_an_empty_path_is_the_whole_library(self, world: World) -> None:
        world.plex.scanner.add_file(RIVER)
        world.scan("")

        assert len(world.listing()) == 1

    def test_a_scan_below_a_folder_sees_no_more(self, world: World, otter: int) -> None:
        """Not what was renamed out of it, nor what is gone elsewhere."""
        scanner = world.plex.scanner
        scanner.add_file("/media/films/a/Alpine Dawn.mkv")
        scanner.add_file("/media/films/ab/Reeds.mkv")
        scanner.remove_file(RIVER)

        scanner.scan(world.films, "/media/films/a")

        titles = {item.values["title"] for item in world.plex.snapshot().values()}
        assert titles == {"Otter River", "Alpine Dawn"}
        assert world.of(otter).deleted_at is None

    def test_a_missing_file_stays_in_the_trash_until_it_is_emptied(
        self, world: World, otter: int
    ) -> None:
        world.plex.model.auto_empty_trash = False
        world.plex.scanner.remove(world.films, RIVER)

        assert world.listing() == world.listing("trash=1") == [otter]
        assert world.full(otter).get("deletedAt") == str(world.clock.now)
        world.ask("PUT", f"/library/sections/{world.films}/emptyTrash")
        assert world.get(f"/library/metadata/{otter}").status == 404

    def test_a_file_that_comes_back_takes_its_item_out_of_the_trash(
        self, world: World, otter: int
    ) -> None:
        world.plex.model.auto_empty_trash = False
        world.plex.person.edit(otter, title="Otters")
        world.plex.scanner.remove(world.films, RIVER)
        again = world.plex.add(world.films, RIVER)

        assert again == otter
        assert world.of(otter).deleted_at is None
        assert world.of(otter).values["title"] == "Otters"

    def test_the_trash_is_emptied_with_the_scan_by_default(
        self, world: World, otter: int
    ) -> None:
        world.plex.scanner.remove(world.films, RIVER)

        assert otter not in world.plex.snapshot()

    def test_losing_one_version_leaves_the_others(
        self, world: World, otter: int
    ) -> None:
        other = "/media/films/Otter River 4k.mkv"
        world.plex.scanner.add_version(otter, other)
        world.plex.scanner.remove(world.films, RIVER)

        assert world.of(otter).files == (other,)

    def test_a_scan_moves_the_counter_only_when_something_changed(
        self, world: World, otter: int
    ) -> None:
        section = world.plex.model.sections[world.films]
        before = section.content_changed_at
        now = world.clock.advance()
        world.plex.scanner.scan(world.films)

        assert otter in world.plex.snapshot()
        assert section.content_changed_at == before
        assert section.scanned_at == now


class TestMoves:
    def test_a_key_is_never_used_twice(self, world: World, otter: int) -> None:
        world.plex.person.edit(otter, title="Otters")
        again = world.plex.moves.rekey(otter)
        world.plex.scanner.remove(world.films, RIVER)

        assert otter < again < world.plex.add(world.films, RIVER)
        assert world.get(f"/library/metadata/{otter}").status == 404

    def test_a_new_key_has_nothing_of_what_was_edited(
        self, world: World, otter: int
    ) -> None:
        world.plex.person.edit(otter, title="Otters")
        world.plex.person.tag(otter, "collection", "Rivers")
        again = world.plex.moves.rekey(otter)

        item = world.of(again)
        assert (item.values["title"], item.files) == ("Otter River", (RIVER,))
        assert not item.locks
        assert not item.tags
        assert world.plex.model.collections == {}

    def test_a_rebuilt_library(self, world: World, otter: int) -> None:
        dawn = world.add("Alpine Dawn.mkv")

        became = world.plex.moves.rebuild(world.films)

        assert became.keys() == {otter, dawn}
        assert world.of(became[otter]).files == (RIVER,)

    def test_moved_to_another_library(self, world: World, otter: int) -> None:
        other = world.plex.add_section("Shorts", "/media/shorts")

        moved = world.plex.moves.move(otter, other)
        world.plex.scanner.scan(world.films)
        world.plex.scanner.scan(other)

        assert world.of(moved).section == other
        assert world.of(moved).files == ("/media/shorts/Otter River.mp4",)
        assert list(world.plex.snapshot()) == [moved]

    def test_merged_and_split(self, world: World, otter: int) -> None:
        dawn = world.add("Alpine Dawn.mkv")
        world.ask("PUT", f"/library/metadata/{otter}/merge?ids={dawn}")
        merged = world.of(otter)
        dead = world.get(f"/library/metadata/{dawn}").status
        world.ask("PUT", f"/library/metadata/{otter}/split")
        again = world.plex.scanner.key_of(world.films, "/media/films/Alpine Dawn.mkv")

        assert merged.files == (RIVER, "/media/films/Alpine Dawn.mkv")
        assert (dead, world.of(otter).files) == (404, (RIVER,))
        assert again not in {otter, dawn}
        missing = f"/library/metadata/{otter}/merge?ids={dawn}"
        assert world.ask("PUT", missing).status == 404
