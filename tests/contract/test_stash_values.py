"""Values: what is unset, what is refused, what comes in which order (facts §8)."""

import pytest

from tests.contract.stash_server import StashServer

TEXTS = "title code details director"


def test_unset_text_is_empty_and_anything_else_is_null(stash: StashServer) -> None:
    made = stash.make("Scene", title="Untold")

    scene = stash.scene(
        made, f"{TEXTS} date rating100 studio {{ id }} urls files {{ id }}"
    )

    assert scene == {
        "title": "Untold",
        "code": "",
        "details": "",
        "director": "",
        "date": None,
        "rating100": None,
        "studio": None,
        "urls": [],
        "files": [],
    }


def test_null_unsets(stash: StashServer) -> None:
    studio = stash.make("Studio")
    made = stash.make(
        "Scene", details="Dusk", date="1925-03-01", rating100=40, studio_id=studio
    )

    stash.update("Scene", made, details=None, date=None, rating100=None, studio_id=None)

    scene = stash.scene(made, "details date rating100 studio { id }")
    assert scene == {"details": "", "date": None, "rating100": None, "studio": None}


def test_a_flag_takes_no_null(stash: StashServer) -> None:
    query = (
        "mutation($id: ID!) { sceneUpdate(input: {id: $id, organized: null}) { id } }"
    )

    said = "Internal system error. Error <null value not allowed in optional bool>"
    assert stash.refusal(query, id=stash.make("Scene"))[0] == said


def test_an_update_of_none_is_null(stash: StashServer) -> None:
    query = """mutation {
      scenesUpdate(input: []) { id }
      bulkSceneUpdate(input: {organized: true}) { id }
    }"""

    assert stash.ask(query) == {"scenesUpdate": None, "bulkSceneUpdate": None}


def test_what_is_not_named_stays(stash: StashServer) -> None:
    tag = stash.make("Tag")
    made = stash.make(
        "Scene", details="Dusk", tag_ids=[tag], urls=["https://a.example"]
    )

    stash.update("Scene", made, code="D-1")

    scene = stash.scene(made, "code details urls tags { id }")
    assert scene == {
        "code": "D-1",
        "details": "Dusk",
        "urls": ["https://a.example"],
        "tags": [{"id": tag}],
    }


def test_text_is_trimmed_since_v030(stash: StashServer) -> None:
    made = stash.make("Scene", title="  Estuary ", details="\tBrackish\n")

    scene = stash.scene(made, "title details")

    since_v030 = {"title": "Estuary", "details": "Brackish"}
    before = {"title": "  Estuary ", "details": "\tBrackish\n"}
    assert scene == (since_v030 if stash.version >= (0, 30) else before)


@pytest.mark.parametrize("rating", [0, 1, 100, 250, -5])
def test_ratings_are_not_checked(stash: StashServer, rating: int) -> None:
    made = stash.make("Scene", rating100=rating)

    assert stash.scene(made, "rating100") == {"rating100": rating}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("1922-03-04", "1922-03-04"),
        ("1922-03-04T05:06:07Z", "1922-03-04"),
        ("1922-03-04 05:06:07", "1922-03-04"),
        ("", None),
    ],
)
def test_dates_are_days(stash: StashServer, given: str, told: str | None) -> None:
    assert stash.scene(stash.make("Scene", date=given), "date") == {"date": told}


@pytest.mark.parametrize("date", ["1922", "1922-03"])
def test_dates_may_be_partial_since_v030(stash: StashServer, date: str) -> None:
    if stash.version >= (0, 30):
        assert stash.scene(stash.make("Scene", date=date), "date") == {"date": date}
        return

    query = """mutation($date: String) {
      sceneCreate(input: {title: "Early", date: $date}) { id }
    }"""
    assert stash.refusal(query, date=date)[0].startswith("converting date: ")


@pytest.mark.parametrize(
    "date", ["soon", "1922-02-30", "1922-3-4", "04.03.1922", "1922-13", "22"]
)
def test_other_dates_are_refused(stash: StashServer, date: str) -> None:
    query = """mutation($date: String) {
      sceneCreate(input: {title: "Early", date: $date}) { id }
    }"""

    message, data = stash.refusal(query, date=date)

    assert message.startswith("converting date: ")
    assert data == {"sceneCreate": None}


def test_a_group_has_a_date_like_a_scene(stash: StashServer) -> None:
    group = stash.make("Group", date="1922-03-04")
    query = "query($id: ID!) { findGroup(id: $id) { date aliases synopsis } }"

    found = stash.ask(query, id=group)["findGroup"]

    assert found == {"date": "1922-03-04", "aliases": "", "synopsis": ""}


def test_a_scene_without_files_needs_a_title(stash: StashServer) -> None:
    made = stash.make("Scene")
    create = 'mutation { sceneCreate(input: {details: "Fog"}) { id } }'
    clear = 'mutation($id: ID!) { sceneUpdate(input: {id: $id, title: ""}) { id } }'

    said = "title must be set if scene has no files"
    assert stash.refusal(create) == (said, {"sceneCreate": None})
    assert stash.refusal(clear, id=made) == (said, {"sceneUpdate": None})


@pytest.mark.parametrize(
    "given",
    [
        'tag_ids: ["987654321"]',
        'performer_ids: ["987654321"]',
        'studio_id: "987654321"',
    ],
)
def test_nobody_may_be_referred_to(stash: StashServer, given: str) -> None:
    query = f'mutation {{ sceneCreate(input: {{title: "Fog", {given}}}) {{ id }} }}'

    assert "FOREIGN KEY constraint failed" in stash.refusal(query)[0]


@pytest.mark.parametrize(
    ("mutation", "said"),
    [
        ('sceneUpdate(input: {id: "987654321"}) { id }', "scene with id 987654321"),
        ('bulkSceneUpdate(input: {ids: ["987654321"]}) { id }', "no rows in result"),
        ('sceneDestroy(input: {id: "987654321"})', "scene with id 987654321 not found"),
        ('tagUpdate(input: {id: "987654321"}) { id }', "tag with id 987654321"),
        ('tagDestroy(input: {id: "987654321"})', "id 987654321 does not exist in tags"),
        ('studioDestroy(input: {id: "987654321"})', "does not exist in studios"),
        (
            'performerUpdate(input: {id: "987654321"}) { id }',
            "performer with id 987654",
        ),
        ('groupUpdate(input: {id: "987654321"}) { id }', "not found"),
    ],
)
def test_nobody_may_be_changed(stash: StashServer, mutation: str, said: str) -> None:
    message, _ = stash.refusal(f"mutation {{ {mutation} }}")

    assert said in message


def test_a_failed_update_of_many_changes_none(stash: StashServer) -> None:
    made = stash.make("Scene", details="Still")
    query = """mutation($input: [SceneUpdateInput!]!) {
      scenesUpdate(input: $input) { id }
    }"""

    changes = [{"id": made, "details": "Gale"}, {"id": "987654321"}]
    stash.refusal(query, input=changes)

    assert stash.scene(made, "details") == {"details": "Still"}


@pytest.mark.parametrize("kind", ["Tag", "Studio", "Performer"])
def test_names_are_taken_whatever_their_case(stash: StashServer, kind: str) -> None:
    name = stash.make_named(kind, "Egret")
    field = f"{kind.lower()}Create"
    query = f"mutation($n: String!) {{ {field}(input: {{name: $n}}) {{ id }} }}"

    said = f"{kind.lower()} with name '{name.upper()}' already exists"
    assert stash.refusal(query, n=name.upper()) == (said, {field: None})


def test_groups_may_share_a_name(stash: StashServer) -> None:
    name = stash.make_named("Group", "Seasons")

    assert stash.make("Group", name=name)


def test_performers_may_share_a_name_if_something_tells_them_apart(
    stash: StashServer,
) -> None:
    name = stash.make_named("Performer", "Ada Brook")

    assert stash.make("Performer", name=name, disambiguation="the younger")


def test_an_alias_takes_a_tags_name(stash: StashServer) -> None:
    alias, name = stash.name("Wader"), stash.name("Waders")
    stash.make("Tag", name=name, aliases=[alias])

    query = "mutation($n: String!) { tagCreate(input: {name: $n}) { id } }"
    said = f"name '{alias}' is used as alias for '{name}'"
    assert stash.refusal(query, n=alias)[0] == said


def test_tags_come_by_name(stash: StashServer) -> None:
    mark = stash.name("")
    names = [f"{mark} {word}".strip() for word in ("reef 10", "Reef 9", "atoll")]
    tags = [stash.make("Tag", name=name) for name in names]
    made = stash.make("Scene", tag_ids=tags)

    told = [tag["name"] for tag in stash.scene(made, "tags { name }")["tags"]]

    natural, plain = [names[2], names[1], names[0]], sorted(names)
    assert told == (natural if stash.version >= (0, 28) else plain)


def test_a_tags_sort_name_comes_before_its_name(stash: StashServer) -> None:
    stash.needs(0, 28)
    mark = stash.name("")
    last = stash.make("Tag", name=f"{mark} a".strip(), sort_name=f"{mark} z".strip())
    first = stash.make("Tag", name=f"{mark} b".strip())
    made = stash.make("Scene", tag_ids=[last, first])

    assert stash.scene(made, "tags { id }")["tags"] == [{"id": first}, {"id": last}]


def test_addresses_keep_their_order(stash: StashServer) -> None:
    urls = ["https://z.example", "https://a.example", "https://m.example"]

    made = stash.make("Scene", urls=urls)

    assert stash.scene(made, "urls") == {"urls": urls}


def test_who_is_named_twice_is_there_once(stash: StashServer) -> None:
    """And performers come in no order that one could rely on."""
    one, two = stash.make("Performer"), stash.make("Performer")
    made = stash.make("Scene", performer_ids=[two, one, two])

    told = stash.scene(made, "performers { id }")["performers"]

    assert sorted(each["id"] for each in told) == sorted([one, two])
    assert len(told) == 2


def test_a_scene_has_an_index_in_its_group(stash: StashServer) -> None:
    group = stash.make("Group")
    made = stash.make("Scene", groups=[{"group_id": group, "scene_index": 3}])

    told = stash.scene(made, "groups { scene_index group { id } }")["groups"]

    assert told == [{"scene_index": 3, "group": {"id": group}}]


@pytest.mark.parametrize(
    ("mode", "expected"), [("SET", "c"), ("ADD", "abc"), ("REMOVE", "ab")]
)
def test_a_bulk_update_sets_adds_or_removes(
    stash: StashServer, mode: str, expected: str
) -> None:
    tags = {letter: stash.make("Tag") for letter in "abc"}
    made = stash.make("Scene", tag_ids=[tags["a"], tags["b"]])
    query = "mutation($i: BulkSceneUpdateInput!) { bulkSceneUpdate(input: $i) { id } }"

    given = {"mode": mode, "ids": [tags["c"]]}
    stash.ask(query, i={"ids": [made], "tag_ids": given})

    told = stash.scene(made, "tags { id }")["tags"]
    assert {tag["id"] for tag in told} == {tags[letter] for letter in expected}
