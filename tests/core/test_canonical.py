"""Equal content is equal text, whatever order, stamp and form it came in."""

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.canonical import (
    VERSION,
    block,
    distinct,
    entity_digest,
    identity,
    in_any_case,
    line,
    restore,
    snapshot,
)
from reconciler.core.values import Entity, Kind, Scene, SceneFile, SceneId

TEXT = st.text(st.characters(), max_size=20)
"""Lone surrogates and control characters included."""


def entities(kind: Kind) -> st.SearchStrategy[tuple[Entity, ...]]:
    parents = st.lists(st.integers(1, 9), unique=True, max_size=2).map(tuple)
    entity = st.builds(
        Entity, kind=st.just(kind), id=st.integers(1, 99), name=TEXT, parents=parents
    )
    return st.lists(entity, unique_by=lambda e: e.id, max_size=3).map(tuple)


FILES = st.builds(
    SceneFile,
    id=st.integers(1, 99),
    path=TEXT,
    fingerprints=st.lists(st.tuples(st.just("oshash"), TEXT), max_size=2).map(tuple),
)
SCENES = st.builds(
    Scene,
    id=st.integers(1, 99).map(SceneId),
    stamp=TEXT,
    title=TEXT,
    details=TEXT,
    date=TEXT,
    studio=st.none() | entities(Kind.STUDIO).map(lambda found: (*found, None)[0]),
    performers=entities(Kind.PERFORMER),
    tags=entities(Kind.TAG),
    files=st.lists(FILES, max_size=2).map(tuple),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a \n", "a"),
        ("a\r\nb\rc\n\nd", "a\nb\nc\n\nd"),
        ("a\tb", "a b"),
        ("a\x00\x07\x7f\x9fb", "ab"),
        ("a\vb\fc\x1cd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("\x00\x07\ud800", ""),
        ("\u202babc\u202c \u200e\ufeff", "\u202babc\u202c \u200e\ufeff"),
        ("\U0001f98a \U0010fffd", "\U0001f98a \U0010fffd"),
        ("a\ud800b\udfff", "ab"),
        ("a\ufffe\uffffb", "ab"),
        ("cafe\u0301", "caf\u00e9"),
        ("family 👨\u200d👩", "family 👨\u200d👩"),
    ],
)
def test_a_block_of_text(text: str, expected: str) -> None:
    assert block(text) == expected


def test_a_line_has_no_run_of_blanks() -> None:
    assert line(" a \n\u00a0\u2003 b\t c ") == "a b c"


@given(TEXT)
def test_text_in_form_stays_as_it_is(text: str) -> None:
    assert block(block(text)) == block(text)
    assert line(line(text)) == line(text)
    assert identity(identity(text)) == identity(text)


@given(TEXT)
def test_text_in_form_is_composed_and_printable(text: str) -> None:
    found = block(text)

    assert unicodedata.is_normalized("NFC", found)
    assert not {unicodedata.category(c) for c in found.replace("\n", "")} & {"Cc", "Cs"}
    assert found.encode().decode() == found


@pytest.mark.parametrize("other", [" sci-fi ", "SCI-FI", "Sci\x00-Fi"])
def test_one_identity(other: str) -> None:
    assert identity(other) == identity("Sci-Fi")


def test_folding_leaves_an_identity_composed() -> None:
    """Folded once more, it would be another: a sharp s before an accent."""
    assert identity(identity("ß\u0301")) == identity("ß\u0301")


def test_the_first_spelling_of_an_element_stays() -> None:
    assert distinct([" B", "a", "", "b", "\x00", "A "]) == ("B", "a")


@given(SCENES)
def test_a_snapshot_reads_back_as_it_was(scene: Scene) -> None:
    first = snapshot(scene)
    again = snapshot(restore(scene.id, scene.stamp, first.text))

    assert (again.text, again.fingerprint) == (first.text, first.fingerprint)
    assert (again.scene.id, again.scene.stamp) == (scene.id, scene.stamp)


def test_what_is_restored_is_the_scene() -> None:
    scene = Scene(
        id=SceneId(7),
        stamp="2024-05-01T10:00:00Z",
        title="Title",
        details="One\nTwo",
        date="2024-05-01",
        studio=Entity(kind=Kind.STUDIO, id=3, name="Studio", parents=(1,)),
        performers=(Entity(kind=Kind.PERFORMER, id=1, name="Ada"),),
        tags=(Entity(kind=Kind.TAG, id=2, name="Tag", parents=(4, 5)),),
        files=(SceneFile(id=9, path="/a.mp4", fingerprints=(("md5", "x"),)),),
    )

    assert restore(scene.id, scene.stamp, snapshot(scene).text) == scene


@given(SCENES, TEXT)
def test_order_and_stamp_are_no_content(scene: Scene, stamp: str) -> None:
    shuffled = replace(
        scene,
        stamp=stamp,
        performers=scene.performers[::-1],
        tags=scene.tags[::-1],
    )

    assert snapshot(shuffled).fingerprint == snapshot(scene).fingerprint


def test_the_order_of_files_is_content() -> None:
    """The first is the primary one."""
    one, two = SceneFile(id=1, path="/a"), SceneFile(id=2, path="/b")
    scene = Scene(id=SceneId(1), stamp="", files=(one, two))

    other = replace(scene, files=(two, one))

    assert snapshot(other).fingerprint != snapshot(scene).fingerprint


def test_the_order_of_fingerprints_is_no_content() -> None:
    pairs = (("oshash", "1"), ("md5", "2"))
    one = SceneFile(id=1, path="/a", fingerprints=pairs)
    other = replace(one, fingerprints=pairs[::-1])
    scene = Scene(id=SceneId(1), stamp="", files=(one,))

    assert snapshot(replace(scene, files=(other,))).text == snapshot(scene).text


@pytest.mark.parametrize(
    "change",
    [
        {"title": "b"},
        {"details": "b"},
        {"date": "2024"},
        {"studio": Entity(kind=Kind.STUDIO, id=1, name="b")},
        {"performers": (Entity(kind=Kind.PERFORMER, id=1, name="b"),)},
        {"tags": (Entity(kind=Kind.TAG, id=1, name="b"),)},
        {"files": (SceneFile(id=1, path="b"),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_else_is_content(change: dict[str, str]) -> None:
    scene = Scene(id=SceneId(1), stamp="", title="a")

    changed = replace(scene, **change)  # type: ignore[arg-type] # fields by name

    assert snapshot(changed).fingerprint != snapshot(scene).fingerprint


def test_a_snapshot_names_its_form() -> None:
    text = snapshot(Scene(id=SceneId(1), stamp="")).text

    assert json.loads(text)["v"] == VERSION
    assert text.isascii()


def test_an_entity_moves_with_what_we_use_of_it() -> None:
    tag = Entity(kind=Kind.TAG, id=1, name="a", parents=(1, 2))
    others = [
        replace(tag, kind=Kind.STUDIO),
        replace(tag, id=2),
        replace(tag, name="b"),
        replace(tag, parents=(1,)),
    ]

    assert entity_digest(tag) not in {entity_digest(other) for other in others}
    assert entity_digest(tag) == entity_digest(replace(tag, parents=(2, 1)))


def test_a_name_is_found_in_any_case_unless_several_are_alike() -> None:
    assert in_any_case("films", ["Films", "films"]) == "films"
    assert in_any_case("FILMS", ["Films", "Shorts"]) == "Films"
    assert in_any_case("FILMS", ["Films", "films"]) is None
    assert in_any_case("Reels", ["Films"]) is None
