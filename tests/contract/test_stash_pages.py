"""Pages and orders (facts §1.4)."""

from typing import Any

import pytest

from tests.contract.stash_server import StashServer

PAGE = """
query($filter: FindFilterType) {
  findScenes(filter: $filter) { count scenes { id } }
}
"""


@pytest.fixture(scope="module")
def many(stash: StashServer) -> list[str]:
    """Make more scenes than one page of the usual size takes."""
    return stash.make_scenes(26)


def page(stash: StashServer, **given: object) -> dict[str, Any]:
    found: dict[str, Any] = stash.ask(PAGE, filter=given)["findScenes"]
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [scene["id"] for scene in found["scenes"]]


def test_pages_by_the_last_id_show_every_scene_once(
    stash: StashServer, many: list[str]
) -> None:
    """This is the way that Stash itself reads everything."""
    seen: list[str] = []
    last = 0
    while True:
        after = {"id": {"value": last, "modifier": "GREATER_THAN"}}
        found = stash.find(after, per_page=7)
        if not found:
            break
        seen += found
        last = int(found[-1])

    assert seen == stash.find()
    assert set(many) <= set(seen)


def test_a_page_has_25_unless_told_otherwise(
    stash: StashServer, many: list[str]
) -> None:
    assert len(ids(page(stash, sort="id"))) == 25


def test_a_negative_size_is_everything(stash: StashServer, many: list[str]) -> None:
    found = page(stash, sort="id", per_page=-7)

    assert len(ids(found)) == found["count"]


def test_everything_has_one_page_only_and_its_number_means_nothing(
    stash: StashServer, many: list[str]
) -> None:
    found = page(stash, sort="id", per_page=-1, page=3)

    assert len(ids(found)) == found["count"]


def test_a_size_of_nothing_is_nothing_but_the_count(
    stash: StashServer, many: list[str]
) -> None:
    found = page(stash, per_page=0)

    assert ids(found) == []
    assert found["count"] >= 26


@pytest.mark.parametrize("number", [0, -3])
def test_a_page_before_the_first_is_the_first(
    stash: StashServer, many: list[str], number: int
) -> None:
    first = page(stash, sort="id", per_page=4)

    assert page(stash, sort="id", per_page=4, page=number) == first


def test_a_page_beyond_the_last_is_empty(stash: StashServer, many: list[str]) -> None:
    found = page(stash, sort="id", per_page=25, page=9999)

    assert ids(found) == []
    assert found["count"] >= 26


def test_ids_are_ordered_as_numbers_both_ways(
    stash: StashServer, many: list[str]
) -> None:
    up = ids(page(stash, sort="id", per_page=-1))
    down = ids(page(stash, sort="id", per_page=-1, direction="DESC"))

    assert up == sorted(up, key=int)
    assert down == up[::-1]


def test_a_size_has_no_upper_limit(stash: StashServer, many: list[str]) -> None:
    found = page(stash, per_page=1_000_000)

    assert len(ids(found)) == found["count"]


@pytest.mark.parametrize("kind", ["Scene", "Performer", "Tag", "Studio", "Group"])
def test_only_known_sorts_are_taken(stash: StashServer, kind: str) -> None:
    query = f"query($f: FindFilterType) {{ find{kind}s(filter: $f) {{ count }} }}"

    message, data = stash.refusal(query, f={"sort": "id; drop table"})

    assert message == "invalid sort: id; drop table"
    assert data is None


@pytest.mark.parametrize("kind", ["Scene", "Performer", "Tag", "Studio", "Group"])
@pytest.mark.parametrize("sort", ["id", "updated_at"])
def test_every_kind_sorts_by_id_and_by_stamp(
    stash: StashServer, kind: str, sort: str
) -> None:
    stash.make(kind)

    query = f"query($f: FindFilterType) {{ find{kind}s(filter: $f) {{ count }} }}"
    found = stash.ask(query, f={"sort": sort, "per_page": 1})

    assert found[f"find{kind}s"]["count"] >= 1


def test_scenes_take_an_empty_sort_for_none(stash: StashServer) -> None:
    assert page(stash, sort="", per_page=1)["count"] == len(stash.find())


def test_entities_do_not_take_an_empty_sort(stash: StashServer) -> None:
    query = 'query { findTags(filter: {sort: ""}) { count } }'

    assert stash.refusal(query)[0] == "invalid sort: "


def test_a_random_order_wants_a_number_for_a_seed(stash: StashServer) -> None:
    query = 'query { findScenes(filter: {sort: "random_heron"}) { count } }'

    assert stash.refusal(query)[0] == "invalid random seed: heron"


@pytest.mark.parametrize("kind", ["Performer", "Tag", "Studio", "Group"])
def test_entities_come_by_name_unless_told_otherwise(
    stash: StashServer, kind: str
) -> None:
    """Without case, and with the numbers in a name taken for numbers."""
    mark = stash.name("")
    names = [f"{mark} reef 10", f"{mark} Reef 9", f"{mark} atoll"]
    for name in names:
        stash.make(kind, name=name)

    rows = f"{kind.lower()}s"
    query = f"""query($given: {kind}FilterType) {{
      find{kind}s({kind.lower()}_filter: $given) {{ {rows} {{ name }} }}
    }}"""
    given = {"name": {"value": f"%{mark.strip()}%", "modifier": "EQUALS"}}
    found = stash.ask(query, given=given)[f"find{kind}s"][rows]

    assert [row["name"].strip() for row in found] == [
        name.strip() for name in (names[2], names[1], names[0])
    ]


def test_scenes_that_sort_alike_come_by_title(stash: StashServer) -> None:
    mark = stash.name("")
    titles = [f"{mark} part 10", f"{mark} part 9", f"{mark} Opening"]
    made = [stash.make("Scene", title=title, date="1931-05-01") for title in titles]

    found = stash.find(among=made, sort="date")

    assert found == [made[2], made[1], made[0]]
