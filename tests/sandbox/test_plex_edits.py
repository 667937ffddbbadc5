"""What an edit does, down to what it does in silence."""

import pytest

from tests.sandbox.plex.asking import World, names, removal


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def otter(world: World) -> int:
    return world.add("Otter River.mp4")


@pytest.fixture
def dawn(world: World) -> int:
    return world.add("Alpine Dawn.mkv")


class TestFields:
    def test_the_answer_is_empty(self, world: World, otter: int) -> None:
        target = f"/library/sections/{world.films}/all"
        response = world.put(target, {"id": otter, "type": 1, "title.value": "Otters"})

        assert (response.status, response.body, response.kind) == (200, b"", "put")
        assert dict(response.headers)["Content-Type"] == "text/html"

    def test_value_and_lock(self, world: World, otter: int) -> None:
        world.edit(otter, {"title.value": "Tïtle & <co>\n+ more", "title.locked": 1})

        assert world.full(otter).get("title") == "Tïtle & <co>\n+ more"
        assert world.of(otter).locks == {"title"}

    def test_a_value_alone_locks_nothing(self, world: World, otter: int) -> None:
        world.edit(otter, {"summary.value": "A river."})

        assert world.of(otter).locks == frozenset()

    def test_a_lock_alone_changes_no_value(self, world: World, otter: int) -> None:
        world.plex.person.tag(otter, "genre", "Nature", lock=False)
        world.edit(otter, {"genre.locked": 1, "title.locked": 1})
        before = world.of(otter)
        world.edit(otter, {"genre.locked": 0, "title.locked": 0})

        assert before.locks == {"genre", "title"}
        assert world.of(otter).locks == frozenset()
        assert world.of(otter).values == before.values
        assert world.tags(otter, "genre") == ("Nature",)

    def test_every_field(self, world: World, otter: int) -> None:
        wanted = {
            "titleSort": "River, Otter",
            "originalTitle": "Lontra",
            "summary": "A river.",
            "tagline": "Wet.",
            "studio": "Fernleaf",
            "contentRating": "G",
            "editionTitle": "Long",
            "rating": "8.5",
            "audienceRating": "7.0",
            "userRating": "9.0",
            "originallyAvailableAt": "2014-05-01",
            "addedAt": "1500000000",
        }
        world.edit(otter, {f"{name}.value": value for name, value in wanted.items()})

        assert world.full(otter).attrib.items() >= wanted.items()

    def test_an_empty_value_clears(self, world: World, otter: int) -> None:
        world.edit(otter, {"studio.value": "Fernleaf", "rating.value": "5"})
        world.edit(otter, {"studio.value": "", "rating.value": ""})

        assert not {"studio", "rating"} & world.full(otter).attrib.keys()

    def test_a_listing_shows_the_new_values(self, world: World, otter: int) -> None:
        world.edit(otter, {"title.value": "Otters", "summary.value": "A river."})

        row = world.listed(otter)

        assert (row.get("title"), row.get("summary")) == ("Otters", "A river.")


class TestAddress:
    def test_several_items(self, world: World, otter: int, dawn: int) -> None:
        other = world.add("Tide and Moon.mp4")

        world.edit(f"{otter},{dawn}", {"studio.value": "Fernleaf"})

        studios = [world.of(key).values.get("studio") for key in (otter, dawn, other)]
        assert studios == ["Fernleaf", "Fernleaf", None]

    @pytest.mark.parametrize("address", [{}, {"id": ""}])
    def test_without_an_id_it_is_the_whole_section(
        self, world: World, otter: int, dawn: int, address: dict[str, str | int]
    ) -> None:
        target = f"/library/sections/{world.films}/all"

        status = world.put(target, {**address, "type": 1, "title.value": "Same"}).status

        titles = {world.of(key).values["title"] for key in (otter, dawn)}
        assert (status, titles) == (200, {"Same"})

    def test_and_no_other_section(self, world: World, otter: int) -> None:
        more = world.plex.add_section("Shorts", "/media/shorts")
        short = world.plex.add(more, "/media/shorts/Reeds.mp4")
        world.put(f"/library/sections/{more}/all", {"type": 1, "studio.value": "Mill"})

        assert world.of(short).values["studio"] == "Mill"
        assert "studio" not in world.of(otter).values

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({"nonsense.value": "x"}, 400),
            ({"nonsense.locked": 1}, 400),
            ({"genre.value": "x"}, 400),
            ({"type": 18, "title.value": "x"}, 400),
            ({"id": "abc", "title.value": "x"}, 400),
            ({"id": 9999, "title.value": "x"}, 404),
            ({"rating.value": "good"}, 500),
            ({"rating.value": "11"}, 500),
            ({"originallyAvailableAt.value": "01.05.2014"}, 500),
            ({"originallyAvailableAt.value": "2014-13-01"}, 500),
            ({"addedAt.value": "yesterday"}, 500),
            ({"title.locked": "yes"}, 500),
        ],
    )
    def test_what_is_refused_is_not_applied(
        self, world: World, otter: int, query: dict[str, str | int], status: int
    ) -> None:
        before = world.plex.snapshot()

        assert world.edit(otter, {"studio.value": "Fernleaf", **query}) == status
        assert world.plex.snapshot() == before

    def test_an_item_of_another_section_is_not_there(
        self, world: World, otter: int
    ) -> None:
        other = world.plex.add_section("Shorts", "/media/shorts")
        target = f"/library/sections/{other}/all"

        status = world.put(target, {"id": otter, "type": 1, "title.value": "x"}).status

        assert status == 404

    @pytest.mark.parametrize(
        "query",
        [
            {"actor[0].tag": "Ada Fern"},
            {"actor[0].name": "Ada Fern"},
            {"genres[0].tag.tag": "Nature"},
            {"performer[0].tag.tag": "Ada Fern"},
            {"role[0].tag.tag": "Ada Fern"},
            {"genre.tag.tag": "Nature"},
            {"genre[].tag.tag": "Nature"},
            {"genre[0].tag.tag-": "Nature"},
            {"actor[0].tagging.text": "the river"},
            {"genre[0].tag.tag": ""},
            {"title": "Otters"},
        ],
    )
    def test_a_wrong_name_is_passed_over_in_silence(
        self, world: World, otter: int, query: dict[str, str | int]
    ) -> None:
        before = world.of(otter)

        assert world.edit(otter, query) == 200
        assert world.of(otter) == before

    def test_a_studio_sent_as_a_tag_lands_on_the_directors(
        self, world: World, otter: int
    ) -> None:
        world.edit(otter, {"studio[0].tag.tag": "Fernleaf"})

        assert world.of(otter).tags == {"director": ("Fernleaf",)}


class TestTags:
    def test_they_are_added_in_the_order_of_their_numbers(
        self, world: World, otter: int
    ) -> None:
        world.plex.person.tag(otter, "genre", "Nature")
        more = {"genre[10].tag.tag": "Short", "genre[2].tag.tag": "Quiet"}

        world.edit(otter, more)

        assert world.tags(otter, "genre") == ("Nature", "Quiet", "Short")

    def test_the_same_edit_again_changes_nothing_but_the_time(
        self, world: World, otter: int
    ) -> None:
        query = {"genre[0].tag.tag": "Nature", "label[0].tag.tag": "seen"}
        world.edit(otter, query)
        before = world.of(otter)
        world.clock.advance()
        world.edit(otter, query)

        after = world.of(otter)
        assert after.tags == before.tags
        assert (after.updated_at or 0) == (before.updated_at or 0) + 1

    def test_the_case_of_ascii_does_not_count(self, world: World, otter: int) -> None:
        """And the spelling is that of the first use anywhere on the server."""
        more = world.plex.add_section("Shorts", "/media/shorts")
        short = world.plex.add(more, "/media/shorts/Reeds.mp4")
        world.plex.person.tag(short, "genre", "NATURE")

        world.edit(otter, {"genre[0].tag.tag": "Nature", "genre[1].tag.tag": "nature"})

        assert world.tags(otter, "genre") == ("NATURE",)

    def test_a_person_is_another_row_in_every_role(
        self, world: World, otter: int
    ) -> None:
        for kind in ("director", "writer", "producer", "actor"):
            world.plex.person.tag(otter, kind, "Ada Fern")

        item = world.full(otter)

        ids = {
            tag.get("id")
            for name in ("Director", "Writer", "Producer", "Role")
            for tag in item.findall(name)
        }
        assert len(ids) == 4

    @pytest.mark.parametrize("name", ["A, x", "50% & more", "a%2Cb", "é", "a+b", "a/b"])
    def test_removal_is_decoded_twice(
        self, world: World, otter: int, name: str
    ) -> None:
        world.plex.person.tag(otter, "genre", name, "x", "Nature")

        world.edit(otter, {"genre[].tag.tag-": removal(name, "x")})

        assert world.tags(otter, "genre") == ("Nature",)

    def test_a_comma_encoded_once_parts_the_name(
        self, world: World, otter: int
    ) -> None:
        world.plex.person.tag(otter, "genre", "A,x", "x")

        world.edit(otter, {"genre[].tag.tag-": "A,x"})

        assert world.tags(otter, "genre") == ("A,x",)

    @pytest.mark.parametrize("name", ["nature", "Nature ", "Natur", "%4Eature%"])
    def test_removal_wants_the_exact_spelling(
        self, world: World, otter: int, name: str
    ) -> None:
        world.plex.person.tag(otter, "genre", "Nature")

        assert world.edit(otter, {"genre[].tag.tag-": removal(name)}) == 200
        assert world.tags(otter, "genre") == ("Nature",)

    def test_clear_takes_all_of_one_kind(self, world: World, otter: int) -> None:
        world.plex.person.tag(otter, "genre", "Nature", "Short")
        world.plex.person.tag(otter, "label", "seen")

        world.edit(otter, {"genre[].tag": ""})

        assert world.of(otter).tags == {"label": ("seen",)}

    def test_an_actor_has_a_part_and_a_picture(self, world: World, otter: int) -> None:
        world.edit(
            otter,
            {
                "actor[0].tag.tag": "Ada Fern",
                "actor[0].tagging.text": "the otter",
                "actor[0].tagging.thumb": "https://example.com/ada.jpg",
                "actor[1].tag.tag": "Bo Reed",
            },
        )

        ada, bo = world.full(otter).findall("Role")

        assert (
            ada.attrib.items()
            >= {
                "tag": "Ada Fern",
                "role": "the otter",
                "thumb": "https://example.com/ada.jpg",
            }.items()
        )
        assert not {"role", "thumb"} & bo.attrib.keys()

    def test_a_picture_of_the_tag_is_the_person_everywhere(
        self, world: World, otter: int, dawn: int
    ) -> None:
        world.plex.person.tag(dawn, "actor", "Ada Fern")
        picture = {"actor[0].tag.thumb": "https://example.com/ada.jpg"}

        world.edit(otter, {"actor[0].tag.tag": "Ada Fern", **picture})

        assert world.of(dawn).roles[0].thumb == "https://example.com/ada.jpg"

    def test_an_actor_sent_again_may_get_another_part(
        self, world: World, otter: int
    ) -> None:
        actor = {"actor[0].tag.tag": "Ada Fern"}
        world.edit(otter, {**actor, "actor[0].tagging.text": "the otter"})
        world.edit(otter, {**actor, "actor[0].tagging.text": "the river"})

        assert [role.text for role in world.of(otter).roles] == ["the river"]


class TestCollections:
    def test_one_comes_into_being(self, world: World, otter: int, dawn: int) -> None:
        world.edit(otter, {"collection[0].tag.tag": "Rivers"})
        world.edit(dawn, {"collection[0].tag.tag": "rivers"})

        (rivers,) = world.xml(f"/library/sections/{world.films}/collections")

        assert rivers.get("title") == "Rivers"
        assert rivers.get("childCount") == "2"

    def test_adding_to_one_locks_unless_the_edit_says_otherwise(
        self, world: World, otter: int, dawn: int
    ) -> None:
        query: dict[str, str | int] = {"collection[0].tag.tag": "Rivers"}
        world.edit(otter, query)
        world.edit(dawn, {**query, "collection.locked": 0})

        assert world.of(otter).locks == {"collection"}
        assert world.of(dawn).locks == frozenset()

    def test_a_name_that_is_taken(self, world: World, otter: int) -> None:
        world.plex.person.tag(otter, "collection", "Rivers", "Short")
        rivers, short = world.plex.model.collections
        target = f"/library/sections/{world.films}/all"

        taken, free = (
            world.put(target, {"id": short, "type": 18, "title.value": title}).status
            for title in ("Rivers", "Brief")
        )

        assert (taken, free) == (409, 200)
        assert world.full(rivers).get("title") == "Rivers"
        assert names(world.full(otter), "Collection") == ["Rivers", "Brief"]


class TestTraces:
    def test_an_edit_is_seen_in_the_item_and_in_the_section(
        self, world: World, otter: int
    ) -> None:
        def traces() -> tuple[str | None, str | None]:
            section = world.xml("/library/sections")[0]
            return world.full(otter).get("updatedAt"), section.get("contentChangedAt")

        before = traces()
        world.clock.advance()
        world.edit(otter, {"studio.value": "Fernleaf"})

        assert all(
            int(now or 0) == int(then or 0) + 1
            for then, now in zip(before, traces(), strict=True)
        )

    @pytest.mark.parametrize("by_edit", [True, False])
    def test_a_rating_leaves_the_time_alone(
        self, world: World, otter: int, *, by_edit: bool
    ) -> None:
        before = world.of(otter).updated_at
        world.clock.advance()
        if by_edit:
            world.edit(otter, {"userRating.value": "8"})
        else:
            world.put("/:/rate", {"key": otter, "rating": 8})

        assert world.full(otter).get("userRating") == "8.0"
        assert world.of(otter).updated_at == before

    def test_a_rating_below_zero_takes_it_back(self, world: World, otter: int) -> None:
        world.put("/:/rate", {"key": otter, "rating": 8})
        world.put("/:/rate", {"key": otter, "rating": -1})

        assert "userRating" not in world.of(otter).values
        assert world.put("/:/rate", {"key": 9999, "rating": 8}).status == 404
        assert world.put("/:/rate", {"key": otter, "rating": "x"}).status == 400

    def test_the_shape_on_an_items_own_path(self, world: World, otter: int) -> None:
        target = f"/library/metadata/{otter}"

        assert world.put(target, {"title.value": "Otters"}).status == 200
        assert world.put(target, {"nonsense.value": "x"}).status == 400
        assert world.put("/library/metadata/9999", {"title.value": "x"}).status == 404
        assert world.of(otter).values["title"] == "Otters"
