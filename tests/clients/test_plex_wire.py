"""Plex's words: recorded answers into values, and edits into queries."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.clients.plex_wire import (
    edit_parts,
    items_path,
    listing_paths,
    read_items,
    read_page,
    read_sections,
)
from reconciler.core.canonical import identity
from reconciler.core.errors import PermanentError
from reconciler.core.values import Change, Edit, Field, FieldValue, ItemKey, Section
from tests.sandbox.plex import form

RECORDED = Path(__file__).resolve().parents[3] / "shared/fixtures/plex"
LIMIT = 8_000
SECTION = Section(
    machine="m", uuid="u", key="1", title="Films", type="movie", marker="1/2/3"
)


def recorded(name: str) -> Element:
    file = RECORDED / name
    if not file.is_file():
        pytest.skip(f"no recorded answers here: {file}")
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".xml":
        return fromstring(text)  # noqa: S314 - our own files
    return as_element("MediaContainer", json.loads(text)["MediaContainer"])


def as_element(name: str, whole: Mapping[str, Any]) -> Element:
    """Turn an answer in JSON into the same in XML."""
    element = Element(name)
    for key, value in whole.items():
        if isinstance(value, list):
            tag = "Video" if key == "Metadata" else key
            element.extend(as_element(tag, child) for child in value)
        else:
            element.set(key, str(int(value) if isinstance(value, bool) else value))
    return element


def xml(text: str) -> Element:
    return fromstring(text)  # noqa: S314 - our own text


def one(row: str) -> Element:
    return xml(f"<MediaContainer size='1'>{row}</MediaContainer>")


def an_edit(key: str = "4", section: str = "1", **changes: Change) -> Edit:
    named = {Field(name): change for name, change in changes.items()}
    return Edit(key=ItemKey(key), section=section, type=1, changes=named)


def edit_paths(edit: Edit, *, limit: int) -> tuple[str, ...]:
    return tuple(part.path for part in edit_parts(edit, limit=limit))


def the_path(edit: Edit) -> str:
    (path,) = edit_paths(edit, limit=LIMIT)
    return path


def understood(path: str) -> form.Form:
    """Decode an edit as the double does."""
    return form.read(form.pairs(urlsplit(path).query))


class TestSections:
    def test_reads_a_recorded_list(self) -> None:
        films, shows, music = read_sections(
            recorded("home-assistant/library_sections.xml"), machine="abc"
        )

        assert films == Section(
            machine="abc",
            uuid="41a28495-035e-46b0-ac84-878f096614da",
            key="1",
            title="Movies",
            type="movie",
            marker="116893155/1602461679/1605409122",
            folders=("/storage/movies",),
        )
        assert (shows.type, music.type) == ("show", "artist")

    def test_reads_what_a_current_server_says(self) -> None:
        shows, films = read_sections(recorded("bunkarr/sections.json"), machine="m")

        assert shows.folders == ("/data/tv", "/data/tv-kids")
        assert films.marker == "2088/1790299542/1790299563"

    def test_sees_a_scan_and_shortens_windows_paths(self) -> None:
        root = one(
            r"<Directory key='1' refreshing='1'><Location path='\\?\D:\Films'/>"
            r"<Location path='\\?\UNC\nas\films'/></Directory>"
        )

        (section,) = read_sections(root, machine="m")

        assert section.is_scanning
        assert section.folders == ("D:\\Films", "\\\\nas\\films")


class TestListing:
    def test_reads_a_recorded_page(self) -> None:
        offset, page = read_page(recorded("plex-api.rs/movie_library.json"))

        assert (offset, page.total) == (0, 4)
        assert page.items[0].key == "55"
        assert page.items[0].paths == ("/data/Movies/Big Buck Bunny (2008).mkv",)
        assert page.items[0].updated_at == 1579514152

    def test_reads_the_files_of_episodes(self) -> None:
        _, page = read_page(recorded("plex-api.rs/tv_episodes.json"))

        assert (len(page.items), page.total) == (3, 9)  # cut when it was recorded
        assert all(item.paths for item in page.items)

    def test_reads_the_example_of_the_official_documents(self) -> None:
        _, page = read_page(recorded("docs/zoolander_listing_official.json"))

        (path,) = page.items[0].paths
        assert path == r"O:\fatboy\Media\Ripped\Movies\Zoolander (2001).mkv"

    def test_reads_totals_where_no_items_are_asked_for(self) -> None:
        offset, page = read_page(recorded("home-assistant/library_movies_size.xml"))

        assert (offset, page.total, page.items) == (0, 1, ())

    def test_counts_no_filters_as_items(self) -> None:
        _, page = read_page(recorded("home-assistant/library_movies_metadata.xml"))

        assert (page.total, page.items) == (538, ())

    def test_reads_an_empty_container(self) -> None:
        _, page = read_page(recorded("home-assistant/empty_library.xml"))

        assert (page.total, page.items) == (0, ())

    @pytest.mark.parametrize(
        ("attributes", "stamp"),
        [
            ("updatedAt='7' addedAt='9'", 9),
            ("updatedAt='9' addedAt='7'", 9),
            ("addedAt='7'", 7),
            ("", 0),
            ("updatedAt='-1' addedAt='soon'", 0),
        ],
    )
    def test_takes_the_later_of_changed_and_added(
        self, attributes: str, stamp: int
    ) -> None:
        _, page = read_page(one(f"<Video ratingKey='5' {attributes}/>"))

        assert page.items[0].updated_at == stamp

    def test_keeps_an_item_without_a_file(self) -> None:
        _, page = read_page(one("<Video ratingKey='5'><Media><Part/></Media></Video>"))

        assert page.items[0].paths == ()

    def test_gives_no_file_to_what_is_in_the_trash(self) -> None:
        part = "<Media><Part file='/a.mkv'/></Media>"
        root = one(f"<Video ratingKey='5' deletedAt='9'>{part}</Video>")

        assert read_page(root)[1].items[0].paths == ()

    def test_reads_every_part_of_every_version_once(self) -> None:
        root = one(
            "<Video ratingKey='5'><Media><Part file='/a.mkv'/><Part file='/b.mkv'/>"
            r"</Media><Media><Part file='\\?\C:\a.mkv'/><Part file='/a.mkv'/></Media>"
            "</Video>"
        )

        assert read_page(root)[1].items[0].paths == ("/a.mkv", "/b.mkv", "C:\\a.mkv")


class TestListingPaths:
    def test_asks_for_films(self) -> None:
        (path,) = listing_paths(SECTION, since=None)

        assert path.startswith("/library/sections/1/all?type=1&exclude")
        assert "Media" not in path

    def test_asks_for_what_changed_and_what_was_added_strictly_after(self) -> None:
        changed, added = listing_paths(SECTION, since=1_700_000_000)

        assert changed.endswith("&updatedAt%3E%3E=1699999999")
        assert added.endswith("&addedAt%3E%3E=1699999999")

    def test_asks_from_the_beginning_at_the_latest(self) -> None:
        assert listing_paths(SECTION, since=0)[0].endswith("%3E%3E=0")

    def test_asks_for_episodes_of_shows(self) -> None:
        shows = Section(
            machine="m", uuid="u", key="2", title="", type="show", marker=""
        )

        assert listing_paths(shows, since=None)[0].startswith(
            "/library/sections/2/all?type=4&"
        )

    def test_refuses_music(self) -> None:
        music = Section(
            machine="m", uuid="u", key="3", title="Music", type="artist", marker=""
        )

        with pytest.raises(PermanentError, match="'Music' holds items of type"):
            listing_paths(music, since=None)


class TestItems:
    def test_reads_a_recorded_film_in_full(self) -> None:
        key = ItemKey("65547")

        item = read_items(recorded("plexopedia/movie_full_with_Field.xml"), [key])[key]

        assert (item.key, item.section, item.type) == (key, "2", 1)
        assert item.paths[0].startswith("M:\\Media\\Movies\\Aladin (1992)\\")
        assert item.fields[Field.TITLE] == FieldValue(value="Aladdin")
        assert item.fields[Field.STUDIO] == FieldValue(value="Walt Disney Pictures")
        assert item.fields[Field.DATE] == FieldValue(value="1992-11-25")
        assert item.fields[Field.SUMMARY].value.startswith("Princess Jasmine")
        assert len(item.fields[Field.GENRES].elements) == 7
        assert item.fields[Field.ACTORS].elements == (
            "Scott Weinger",
            "Robin Williams",
            "Bruce Gooch",
        )
        assert not any(value.locked for value in item.fields.values())

    def test_reads_a_film_that_came_as_json(self) -> None:
        key = ItemKey("1036")

        item = read_items(recorded("plex-api.rs/metadata_1036.json"), [key])[key]

        assert item.fields[Field.GENRES].elements == (
            "Fantasy",
            "Thriller",
            "Action",
            "Adventure",
        )

    def test_has_every_field_even_of_an_empty_item(self) -> None:
        root = one("<Video ratingKey='5' type='movie' librarySectionID='1'/>")

        (item,) = read_items(root, [ItemKey("5")]).values()

        assert item.fields == dict.fromkeys(Field, FieldValue())

    @pytest.mark.parametrize(
        ("field", "name"),
        [
            (Field.TITLE, "title"),
            (Field.SUMMARY, "summary"),
            (Field.STUDIO, "studio"),
            (Field.DATE, "originallyAvailableAt"),
            (Field.GENRES, "genre"),
            (Field.ACTORS, "actor"),
        ],
    )
    def test_reads_the_lock_of(self, field: Field, name: str) -> None:
        root = one(
            "<Video ratingKey='5' type='movie' librarySectionID='1'>"
            f"<Field name='{name}' locked='1'/><Field name='thumb' locked='0'/></Video>"
        )

        (item,) = read_items(root, [ItemKey("5")]).values()

        assert {f for f, value in item.fields.items() if value.locked} == {field}

    def test_reads_no_lock_that_is_off(self) -> None:
        root = one(
            "<Video ratingKey='5' type='movie' librarySectionID='1'>"
            "<Field name='title' locked='0'/></Video>"
        )

        (item,) = read_items(root, [ItemKey("5")]).values()

        assert not item.fields[Field.TITLE].locked

    def test_keeps_line_breaks(self) -> None:
        root = one(
            "<Video ratingKey='5' type='episode' librarySectionID='1' "
            "summary='a&#10;b'/>"
        )

        (item,) = read_items(root, [ItemKey("5")]).values()

        assert item.type == 4
        assert item.fields[Field.SUMMARY].value == "a\nb"

    @pytest.mark.parametrize(
        "row",
        [
            "<Video ratingKey='6' type='movie' librarySectionID='1'/>",
            "<Video ratingKey='5' type='movie' librarySectionID='1' deletedAt='9'/>",
            "<Directory ratingKey='5' type='show' librarySectionID='1'/>",
            "<Directory ratingKey='5' type='collection'/>",
            "<Hub/>",
        ],
        ids=["not asked for", "in the trash", "a show", "a collection", "no item"],
    )
    def test_leaves_out(self, row: str) -> None:
        assert read_items(one(row), [ItemKey("5")]) == {}

    def test_believes_no_item_that_is_not_in_full(self) -> None:
        with pytest.raises(PermanentError, match="item 5 without its library"):
            read_items(one("<Video ratingKey='5' type='movie'/>"), [ItemKey("5")])

    def test_asks_by_numbers_only(self) -> None:
        assert items_path([ItemKey("1"), ItemKey("22")]) == "/library/metadata/1,22"
        with pytest.raises(ValueError, match="is no number"):
            items_path([ItemKey("1/children")])


class TestEdits:
    def test_spells_a_value_and_its_lock(self) -> None:
        edit = an_edit(title=Change(value="Títle & co", lock=True))

        assert the_path(edit) == (
            "/library/sections/1/all?type=1&id=4"
            "&title.value=T%C3%ADtle%20%26%20co&title.locked=1"
        )

    def test_spells_every_scalar_as_plex_does(self) -> None:
        edit = an_edit(
            title=Change(value="t"),
            studio=Change(value="st"),
            date=Change(value="2026-11-22"),
            summary=Change(value="su"),
        )

        assert the_path(edit).partition("&id=4")[2] == (
            "&title.value=t&studio.value=st&originallyAvailableAt.value=2026-11-22"
            "&summary.value=su"
        )

    def test_empties_and_unlocks(self) -> None:
        path = the_path(an_edit(date=Change(lock=False)))

        assert path.endswith(
            "&originallyAvailableAt.value=&originallyAvailableAt.locked=0"
        )

    def test_sends_the_whole_list_and_what_is_to_go(self) -> None:
        change = Change(elements=("Drama", "R&B"), removed=("A,x", "é"), lock=True)

        assert the_path(an_edit(genres=change)).partition("&id=4")[2] == (
            "&genre%5B0%5D.tag.tag=Drama&genre%5B1%5D.tag.tag=R%26B"
            "&genre%5B%5D.tag.tag-=A%252Cx%2C%25C3%25A9&genre.locked=1"
        )

    def test_only_removes_where_nothing_is_wanted(self) -> None:
        path = the_path(an_edit(actors=Change(removed=("Ann",))))

        assert path.endswith("&id=4&actor%5B%5D.tag.tag-=Ann")

    def test_never_removes_what_is_wanted_in_another_case(self) -> None:
        path = the_path(
            an_edit(genres=Change(elements=("Action",), removed=("ACTION",)))
        )

        assert path.endswith("&genre%5B0%5D.tag.tag=Action")

    def test_sends_no_empty_name(self) -> None:
        change = Change(elements=("", "a", " "), removed=("", " "))

        assert the_path(an_edit(genres=change)).endswith("&genre%5B0%5D.tag.tag=a")

    @pytest.mark.parametrize("edit", [an_edit(), an_edit(genres=Change())])
    def test_sends_nothing_where_nothing_changes(self, edit: Edit) -> None:
        assert edit_paths(edit, limit=LIMIT) == ()

    @pytest.mark.parametrize(
        "number", ["", "4,5", "4&id=5", "-4", "4.0", "٤", " 4", "x"]
    )
    def test_addresses_one_item_or_none(self, number: str) -> None:
        """Without a numeric id, Plex would edit every item of the section."""
        title = Change(value="t")
        for edit in (an_edit(number, title=title), an_edit("4", number, title=title)):
            with pytest.raises(ValueError, match="is no number"):
                edit_paths(edit, limit=LIMIT)

    def test_wants_a_type_that_is_a_number(self) -> None:
        edit = Edit(
            key=ItemKey("4"), section="1", type=-1, changes={Field.TITLE: Change()}
        )

        with pytest.raises(ValueError, match="is no number"):
            edit_paths(edit, limit=LIMIT)


class TestPoison:
    @pytest.mark.parametrize("key", ["", "x", "1,2", "../..", "-1", "٤", "1" * 30])
    def test_takes_no_key_that_plex_cannot_be_asked_by(self, key: str) -> None:
        root = Element("MediaContainer")
        root.append(Element("Video", ratingKey=key, librarySectionID="1", type="movie"))
        with pytest.raises(PermanentError, match="where it has numbers"):
            read_page(root)

        root[0].attrib |= {"ratingKey": "4", "librarySectionID": key}
        with pytest.raises(PermanentError, match="where it has numbers"):
            read_items(root, [ItemKey("4")])

    @pytest.mark.parametrize("number", ["9" * 19, "9" * 5_000, "-1", "1.5", "x", ""])
    def test_a_number_that_is_none_is_nought(self, number: str) -> None:
        root = Element("MediaContainer", offset=number, totalSize=number)
        root.append(Element("Video", ratingKey="4", updatedAt=number, addedAt="7"))

        offset, page = read_page(root)

        assert (offset, page.total, page.items[0].updated_at) == (0, 1, 7)


class TestLongEdits:
    def test_keeps_fields_whole(self) -> None:
        many = tuple(f"genre number {n}" for n in range(40))
        edit = an_edit(
            title=Change(value="t" * 100, lock=True),
            summary=Change(value="s" * 1500, lock=True),
            genres=Change(elements=many, removed=("x",), lock=True),
        )

        forms = [understood(path) for path in edit_paths(edit, limit=2_500)]

        assert [sorted({*f.values, *f.added}) for f in forms] == [
            ["summary", "title"],
            ["genre"],
        ]
        assert [f.locks for f in forms] == [
            {"title": True, "summary": True},
            {"genre": True},
        ]

    def test_never_parts_elements_and_removes_and_locks_after_them(self) -> None:
        many = tuple(f"genre number {n}" for n in range(100))
        gone = tuple(f"old number {n}" for n in range(100))
        edit = an_edit(
            title=Change(value="t"),
            genres=Change(elements=many, removed=gone, lock=True),
            actors=Change(elements=("Ann",)),
        )

        paths = edit_paths(edit, limit=1_000)
        forms = [understood(path) for path in paths]

        whole = [form for form in forms if "genre" in form.added]
        assert [[sent.name for sent in f.added["genre"]] for f in whole] == [list(many)]
        assert forms.index(whole[0]) == 1
        assert all(len(path) <= 1_000 for path in paths if path != paths[1])
        removed = [name for f in forms[2:-1] for name in f.removed["genre"]]
        assert removed == list(gone)
        locking = [number for number, f in enumerate(forms) if f.locks]
        assert locking == [len(forms) - 2]
        assert forms[-1].added.keys() == {"actor"}

    def test_tells_of_each_part_which_fields_it_is_about(self) -> None:
        edit = an_edit(
            title=Change(value="t"),
            summary=Change(value="s" * 500),
            genres=Change(elements=("g" * 500,)),
        )

        parts = edit_parts(edit, limit=600)

        assert [part.fields for part in parts] == [
            {Field.TITLE, Field.SUMMARY},
            {Field.GENRES},
        ]

    def test_sends_a_value_that_is_too_long_with_its_lock(self) -> None:
        edit = an_edit(summary=Change(value="s" * 3_000, lock=True))

        (path,) = edit_paths(edit, limit=1_000)

        assert understood(path).locks == {"summary": True}

    @given(
        names=st.lists(st.text(max_size=40), max_size=40, unique_by=identity),
        gone=st.lists(st.text(max_size=40), max_size=20, unique_by=identity),
        limit=st.integers(200, 3_000),
    )
    def test_loses_nothing_at_any_limit(
        self, names: list[str], gone: list[str], limit: int
    ) -> None:
        edit = an_edit(genres=Change(elements=tuple(names), removed=tuple(gone)))

        forms = [understood(path) for path in edit_paths(edit, limit=limit)]

        added = [sent.name for f in forms for sent in f.added.get("genre", [])]
        removed = [name for f in forms for name in f.removed.get("genre", [])]
        wanted = {identity(name) for name in names}
        assert added == [name for name in names if identity(name)]
        assert removed == [name for name in gone if identity(name) not in {"", *wanted}]


AWKWARD = st.text(
    st.sampled_from("aé,;%&=+#?/[]\"'<>\\ \n日🎬\u0301") | st.characters(codec="utf-8")
)


@given(title=AWKWARD, summary=AWKWARD, added=AWKWARD, removed=AWKWARD)
def test_any_text_arrives_as_it_was_sent(
    title: str, summary: str, added: str, removed: str
) -> None:
    edit = an_edit(
        title=Change(value=title, lock=True),
        summary=Change(value=summary),
        actors=Change(
            elements=("+" + added,), removed=("-" + removed, ",%2C" + removed)
        ),
    )

    got = understood(the_path(edit))

    assert got.ids == (4,)
    assert got.values == {"title": title, "summary": summary}
    assert [sent.name for sent in got.added["actor"]] == ["+" + added]
    assert got.removed == {"actor": ["-" + removed, ",%2C" + removed]}
    assert got.locks == {"title": True}
