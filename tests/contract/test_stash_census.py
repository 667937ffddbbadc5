"""Counts and highest ids: what tells that rows came or went (facts §2)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.contract.stash_server import StashServer

KINDS = ("Scene", "Performer", "Tag", "Studio", "Group")
SEVERAL: dict[str, str] = {
    "Scene": "mutation($ids: [ID!]!) { scenesDestroy(input: {ids: $ids}) }",
    **{
        kind: f"mutation($ids: [ID!]!) {{ {kind.lower()}sDestroy(ids: $ids) }}"
        for kind in ("Performer", "Tag", "Studio", "Group")
    },
}


@dataclass(frozen=True)
class Census:
    count: int
    tip: int


def census(stash: StashServer, kind: str) -> Census:
    """Ask for the count of all and the last by its id, as a poll does."""
    rows = f"{kind.lower()}s"
    query = f"""{{
      find{kind}s(filter: {{per_page: 1, sort: "id", direction: DESC}}) {{
        count {rows} {{ id }}
      }}
    }}"""
    found = stash.ask(query)[f"find{kind}s"]
    ids = [int(row["id"]) for row in found[rows]]
    return Census(count=found["count"], tip=max(ids, default=0))


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_row_is_the_tip(stash: StashServer, kind: str) -> None:
    before = census(stash, kind)

    made = int(stash.make(kind))

    assert made > before.tip
    assert census(stash, kind) == Census(before.count + 1, made)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_goes_takes_itself_off_the_count(
    stash: StashServer, kind: str
) -> None:
    gone, kept = stash.make(kind), int(stash.make(kind))
    before = census(stash, kind)

    stash.destroy(kind, gone)

    assert before.tip == kept
    assert census(stash, kind) == Census(before.count - 1, kept)


@pytest.mark.parametrize("kind", KINDS)
def test_when_the_tip_goes_the_one_below_is_the_tip(
    stash: StashServer, kind: str
) -> None:
    kept, gone = int(stash.make(kind)), stash.make(kind)
    before = census(stash, kind)

    stash.destroy(kind, gone)

    assert census(stash, kind) == Census(before.count - 1, kept)


@pytest.mark.parametrize("kind", KINDS)
def test_the_id_of_the_tip_is_not_given_again(stash: StashServer, kind: str) -> None:
    """So one that goes and one that comes never leave both figures as they were."""
    gone = stash.make(kind)
    before = census(stash, kind)
    stash.destroy(kind, gone)

    made = int(stash.make(kind))

    assert made > int(gone)
    assert census(stash, kind) == Census(before.count, made)


@pytest.mark.parametrize("kind", KINDS)
def test_several_that_go_at_once_are_all_taken_off(
    stash: StashServer, kind: str
) -> None:
    before = census(stash, kind)
    made = [stash.make(kind) for _ in range(3)]

    stash.ask(SEVERAL[kind], ids=made[:2])

    assert census(stash, kind) == Census(before.count + 1, int(made[2]))


MERGES: dict[str, tuple[int, ...]] = {
    "Scene": (0,),
    "Tag": (0,),
    "Performer": (0, 30, 1, 19),
}


@pytest.mark.parametrize("into_the_tip", [True, False])
@pytest.mark.parametrize("kind", MERGES)
def test_what_is_merged_goes(
    stash: StashServer,
    kind: str,
    into_the_tip: bool,  # noqa: FBT001 - from the table
) -> None:
    stash.needs(*MERGES[kind])
    one, two, three = (stash.make(kind) for _ in range(3))
    before = census(stash, kind)
    sources, destination = ([one, two], three) if into_the_tip else ([two, three], one)

    stash.merge(kind, sources, destination)

    assert census(stash, kind) == Census(before.count - 2, int(destination))


Act = Callable[[StashServer, str, str], object]
LEAVES: dict[str, Act] = {
    "renamed": lambda s, kind, i: s.update(
        kind, i, **{"title" if kind == "Scene" else "name": s.name("Dunlin")}
    ),
    "taken off its scenes": lambda s, kind, i: (
        None if kind == "Scene" else s.destroy("Scene", _scene_of(s, kind, i))
    ),
}


def _scene_of(stash: StashServer, kind: str, entity: str) -> str:
    match kind:
        case "Group":
            return stash.make("Scene", groups=[{"group_id": entity}])
        case "Studio":
            return stash.make("Scene", studio_id=entity)
        case _:
            return stash.make("Scene", **{f"{kind.lower()}_ids": [entity]})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", LEAVES)
def test_what_only_changes_is_counted_as_before(
    stash: StashServer, kind: str, what: str
) -> None:
    made = stash.make(kind)
    before = census(stash, kind)

    LEAVES[what](stash, kind, made)

    assert census(stash, kind) == before


def test_what_cannot_be_destroyed_is_counted_as_before(stash: StashServer) -> None:
    tag = stash.make("Tag")
    stash.make_marker(stash.make("Scene"), tag)
    before = census(stash, "Tag")

    message, _ = stash.refusal(SEVERAL["Tag"], ids=[tag])

    assert "primary tag" in message
    assert census(stash, "Tag") == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_creation_uses_up_no_id(stash: StashServer, kind: str) -> None:
    """So ids have no gaps but for what was there and went."""
    made = stash.make(kind)
    before = census(stash, kind)
    name = {"Scene": "title"}.get(kind, "name")
    reference = "parent_ids" if kind == "Tag" else "tag_ids"
    query = f"""mutation($input: {kind}CreateInput!) {{
      {kind.lower()}Create(input: $input) {{ id }}
    }}"""

    given = {name: stash.name("Ruff"), reference: ["987654321"]}
    message, _ = stash.refusal(query, input=given)

    assert message.endswith("FOREIGN KEY constraint failed")
    assert census(stash, kind) == before
    assert int(stash.make(kind)) == int(made) + 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_is_asked_for_by_pages_from_the_highest_down(
    stash: StashServer, kind: str
) -> None:
    """Every page says the count of all of them."""
    made = [stash.make(kind) for _ in range(3)]
    rows = f"{kind.lower()}s"
    query = f"""query($page: Int!) {{
      find{kind}s(
        filter: {{page: $page, per_page: 2, sort: "id", direction: DESC}}
      ) {{ count {rows} {{ id }} }}
    }}"""

    pages = [stash.ask(query, page=page)[f"find{kind}s"] for page in (1, 2)]

    ids = [row["id"] for page in pages for row in page[rows]]
    assert ids[:3] == made[::-1]
    assert [page["count"] for page in pages] == [census(stash, kind).count] * 2
