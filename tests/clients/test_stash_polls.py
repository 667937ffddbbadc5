"""Polls and listings of Stash: what is asked, what becomes of it, what is not taken."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from reconciler.clients.endpoint import Endpoint, Tally
from reconciler.clients.stash import StashClient
from reconciler.clients.stash_polls import MOST_JOBS
from reconciler.clients.stash_queries import SCAN_PAGE
from reconciler.core.errors import (
    BusyError,
    PermanentError,
    ServerError,
    StrangerError,
    TransientError,
    UnauthorisedError,
)
from reconciler.core.news import Census, FiledRow, Job, Named, Poll
from reconciler.core.values import Kind, SceneId
from tests.clients.canned import (
    URL,
    Canned,
    Variables,
    answered,
    client,
    data,
    page,
    refused,
    scene,
    status,
)
from tests.sandbox.server import InProcessAdapter, Response
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import StashModel

ENTITIES = (Kind.PERFORMER, Kind.TAG, Kind.STUDIO)
ADDED = "2025-10-09T08:53:20.123456789Z"
UNKNOWN = refused('Cannot query field "findFiles" on type "Query".', 422)


def rows(*ids: int, count: int | None = None) -> dict[str, Any]:
    """Make the node of a census or a page, as Stash answers it."""
    found = [{"id": str(id_), "name": f"n{id_}", "updated_at": "s"} for id_ in ids]
    return {"count": len(ids) if count is None else count, "rows": found}


def answer(*, files: bool = True, **parts: object) -> dict[str, object]:
    """Make the answer to a poll of a Stash in which nothing is."""
    kinds = ["performers", "tags", "studios", *(["files"] if files else [])]
    return {
        "changed": {"scenes": []},
        "fresh": {"scenes": []},
        "all_scenes": rows(),
        **{f"changed_{kind}": rows() for kind in kinds},
        **{f"all_{kind}": rows() for kind in kinds},
        "jobQueue": None,
        **{f"job_{number}": None for number in range(MOST_JOBS)},
        **parts,
    }


def task(id_: int, state: str = "RUNNING") -> dict[str, object]:
    return {
        "id": str(id_),
        "status": state,
        "description": "Scanning...",
        "addTime": ADDED,
    }


def poll(stash: StashClient, **given: Any) -> Poll:  # noqa: ANN401 - of any of them
    asked = {"since": "s", "fresh": "f", "after": SceneId(2), "named": "n"}
    return stash.poll(**{**asked, "jobs": (), "with_files": True, **given})


def polled(**parts: Any) -> Poll:  # noqa: ANN401 - parts of an answer
    return poll(client(Canned(Poll=data(**answer(**parts)))))


# A poll.


def test_a_poll_is_one_request() -> None:
    canned = Canned(Poll=data(**answer()))
    tally = Tally()
    stash = StashClient(Endpoint(url=URL), tally, adapter=InProcessAdapter(canned))

    found = poll(stash, jobs=(7, 8))

    jobs = {f"job_{number}": "0" for number in range(2, MOST_JOBS)}
    assert canned.asked == [
        (
            "Poll",
            {
                "since": "s",
                "fresh": "f",
                "named": "n",
                "after": 2,
                "size": SCAN_PAGE + 1,
                "job_0": "7",
                "job_1": "8",
                **jobs,
            },
        )
    ]
    assert tally == {"stash poll": 1}
    assert found.page.clock == datetime(2026, 1, 11, 7, 7, 53, tzinfo=UTC)


def test_nothing_is_nothing() -> None:
    found = polled()

    assert (found.page.rows, found.page.scenes) == ((), ())
    assert found.page.is_last
    assert (found.named, found.jobs, found.is_cut) == ((), (), False)
    assert found.scenes == Census(count=0, tip=0)
    assert found.census == {kind: Census(count=0, tip=0) for kind in Kind}
    assert found.knows_files


def test_the_page_is_that_of_a_scan() -> None:
    changed = [{"id": "3", "updated_at": "a"}, {"id": "5", "updated_at": "b"}]

    found = polled(
        changed={"scenes": changed}, fresh={"scenes": [scene(5), scene(6)]}
    ).page

    assert [(row.id, row.stamp) for row in found.rows] == [(3, "a"), (5, "b")]
    assert [s.title for s in found.scenes] == ["scene 5"]  # 6 is in no row


@pytest.mark.parametrize(("count", "is_last"), [(1000, True), (1001, False)])
def test_the_page_ends_where_that_of_a_scan_does(
    count: int,
    is_last: bool,  # noqa: FBT001 - from the table
) -> None:
    ids = range(3, count + 3)
    found = polled(
        changed={"scenes": [{"id": str(i), "updated_at": "a"} for i in ids]},
        fresh={"scenes": [scene(i) for i in ids]},
    ).page

    assert (len(found.rows), len(found.scenes)) == (SCAN_PAGE, SCAN_PAGE)
    assert found.is_last is is_last


@pytest.mark.parametrize("field", ["changed", "fresh"])
@pytest.mark.parametrize("ids", [(5, 4), (5, 5), (2, 5), (1, 5)])
def test_a_page_out_of_order_is_not_taken(field: str, ids: Sequence[int]) -> None:
    with pytest.raises(TransientError, match="out of order"):
        polled(**{field: {"scenes": [scene(i) for i in ids]}})


def test_what_is_named_has_its_kind_name_and_stamp() -> None:
    found = polled(
        changed_performers=rows(4, 9),
        changed_tags=rows(4),
        changed_studios=rows(2),
        changed_files={"rows": [{"id": "1", "name": "/v/a.mp4", "updated_at": "t"}]},
    )

    assert found.named == (
        Named(kind=Kind.PERFORMER, id=4, name="n4", stamp="s"),
        Named(kind=Kind.PERFORMER, id=9, name="n9", stamp="s"),
        Named(kind=Kind.TAG, id=4, name="n4", stamp="s"),
        Named(kind=Kind.STUDIO, id=2, name="n2", stamp="s"),
        Named(kind=Kind.FILE, id=1, name="/v/a.mp4", stamp="t"),
    )


def test_a_census_is_a_count_and_the_highest_id() -> None:
    found = polled(
        all_scenes=rows(70, count=12),
        all_performers=rows(60, count=11),
        all_tags=rows(50, count=10),
        all_studios=rows(count=0),
        all_files=rows(30, count=8),
    )

    assert found.scenes == Census(count=12, tip=70)
    assert found.census == {
        Kind.PERFORMER: Census(count=11, tip=60),
        Kind.TAG: Census(count=10, tip=50),
        Kind.STUDIO: Census(count=0, tip=0),
        Kind.FILE: Census(count=8, tip=30),
    }


@pytest.mark.parametrize(("count", "is_cut"), [(1000, False), (1001, True)])
def test_more_files_than_a_page_are_cut_and_it_says_so(
    count: int,
    is_cut: bool,  # noqa: FBT001 - from the table
) -> None:
    found = polled(changed_files=rows(*range(1, count + 1)))

    assert [one.id for one in found.named] == list(range(1, SCAN_PAGE + 1))
    assert found.is_cut is is_cut


def test_files_come_by_id_however_they_were_stamped() -> None:
    found = polled(changed_files=rows(9, 4, 7))

    assert [one.id for one in found.named] == [4, 7, 9]


def test_entities_are_never_cut() -> None:
    found = polled(changed_performers=rows(*range(1, 2502)))

    assert len(found.named) == 2501
    assert not found.is_cut


@pytest.mark.parametrize(
    ("state", "is_over"),
    [
        ("READY", False),
        ("RUNNING", False),
        ("STOPPING", False),
        ("FINISHED", True),
        ("CANCELLED", True),
        ("FAILED", True),
    ],
)
def test_a_job_is_over_or_not(
    state: str,
    is_over: bool,  # noqa: FBT001 - from the table
) -> None:
    queued = polled(jobQueue=[task(3, state)])
    asked = polled(job_4=task(3, state))

    assert queued.jobs == (Job(id=3, name="Scanning...", is_over=is_over, added=ADDED),)
    assert asked.jobs == queued.jobs


def test_jobs_come_by_id_and_each_once() -> None:
    """One that ends between two looks is over, whichever look came first."""
    found = polled(
        jobQueue=[task(12), task(9), task(10, "FINISHED")],
        job_0=task(9, "FINISHED"),
        job_1=task(10),
        job_3=task(2, "FAILED"),
    )

    assert [(job.id, job.is_over) for job in found.jobs] == [
        (2, True),
        (9, True),
        (10, True),
        (12, False),
    ]


def test_no_more_jobs_are_asked_for_than_a_poll_has_room_for() -> None:
    canned = Canned(Poll=data(**answer()))

    poll(client(canned), jobs=range(1, MOST_JOBS + 1))
    with pytest.raises(ValueError, match=f"{MOST_JOBS} jobs at most"):
        poll(client(canned), jobs=range(1, MOST_JOBS + 2))

    assert canned.asked[0][1]["job_9"] == "10"
    assert len(canned.asked) == 1


@pytest.mark.parametrize(
    "part",
    [
        {"all_tags": None},
        {"all_tags": {"count": None, "rows": []}},
        {"all_scenes": {"rows": []}},
        {"changed_tags": {"rows": [{"id": "1", "name": "a tag"}]}},
        {"changed_files": {"rows": [{"id": "1", "name": 5, "updated_at": "s"}]}},
        {"jobQueue": [{"id": "1", "status": "READY"}]},
        {"job_5": {"id": "one", "status": "READY", "description": ""}},
    ],
)
def test_a_poll_of_another_shape_is_not_taken(part: Mapping[str, object]) -> None:
    with pytest.raises(StrangerError, match="gave data of another shape"):
        polled(**part)


def test_a_poll_that_lacks_a_part_is_not_taken() -> None:
    whole = answer()
    for part in whole.keys() - {"all_files"}:
        lacking = {name: node for name, node in whole.items() if name != part}
        with pytest.raises(StrangerError, match="gave data of another shape"):
            poll(client(Canned(Poll=data(**lacking))))


# Files, and a Stash that cannot tell of them.


class Older(Canned):
    """A Stash before v0.29."""

    def __init__(self) -> None:
        super().__init__(Poll=UNKNOWN, Status=status(version="v0.27.2"))

    def __call__(self, request: Any) -> Response:  # noqa: ANN401 - as in Canned
        refusal = super().__call__(request)
        if b"findFiles" in request.body:
            return refusal
        return data(**answer(files=False))


def test_an_older_stash_is_asked_again_without_files_and_then_always() -> None:
    older = Older()
    stash = client(older)

    first = poll(stash)
    second = poll(stash)

    assert not first.knows_files
    assert Kind.FILE not in first.census
    assert second == first
    assert older.operations == ["Poll", "Poll", "Poll"]
    with_files = [b"findFiles" in request.body for request in older.requests]
    assert with_files == [True, False, False]


def test_files_are_left_out_where_they_are_not_asked_for() -> None:
    older, newer = Older(), Canned(Poll=data(**answer(files=False)))

    for canned in (older, newer):
        found = poll(client(canned), with_files=False)
        assert not found.knows_files
        assert found.census.keys() == set(ENTITIES)
        assert canned.operations == ["Poll"]


def test_a_poll_without_files_says_nothing_of_whether_there_are_any() -> None:
    canned = Canned(Poll=data(**answer(files=False)))
    stash = client(canned)
    poll(stash, with_files=False)

    canned.says["Poll"] = data(**answer())

    assert poll(stash, with_files=True).knows_files


def test_an_older_stash_is_asked_for_files_again_after_another_failure() -> None:
    """Only an answer without files shows that they were what it did not know."""
    canned = Canned(Poll=UNKNOWN)
    stash = client(canned)
    with pytest.raises(PermanentError, match="does not know what it is asked"):
        poll(stash)
    assert canned.operations == ["Poll", "Poll", "Status"]

    canned.says["Poll"] = data(**answer())

    assert poll(stash).knows_files


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (page("", 401), UnauthorisedError),
        (page("", 503), BusyError),
        (page("", 502), TransientError),
        (refused("oh no"), TransientError),
        (refused("oh no", 500), TransientError),
        (answered({"data": None}), TransientError),
    ],
)
def test_only_what_is_not_understood_is_asked_without_files(
    failure: Response, kind: type[ServerError]
) -> None:
    canned = Canned(Poll=failure)
    stash = client(canned)

    with pytest.raises(kind):
        poll(stash)

    assert canned.operations.count("Poll") == 1
    canned.says["Poll"] = data(**answer())
    assert poll(stash).knows_files


@pytest.mark.parametrize(
    ("state", "sentence"),
    [("SETUP", "not been set up yet"), ("NEEDS_MIGRATION", "migrate its")],
)
def test_a_refused_poll_is_explained(state: str, sentence: str) -> None:
    canned = Canned(Poll=refused("Internal system error"), Status=status(state))

    with pytest.raises(BusyError, match=sentence):
        poll(client(canned))


# Rows.


def filed(id_: int, *files: int) -> dict[str, Any]:
    listed = [{"id": str(i), "path": f"/v/{i}.mp4"} for i in files]
    return {"id": str(id_), "updated_at": f"stamp {id_}", "files": listed}


class Filed(Canned):
    """A Stash with scenes of these ids, which gives its rows only."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__(Rows=self.rows)
        self.ids = ids

    def rows(self, given: Variables) -> Response:
        found = [i for i in self.ids if i > given["after"]][: given["size"]]
        return data(findScenes={"scenes": [filed(i, i) for i in found]})


def test_rows_have_their_files_and_the_primary_one_first() -> None:
    listed = [filed(3), filed(5, 9, 8, 7)]
    canned = Canned(Rows=data(findScenes={"scenes": listed}))
    tally = Tally()
    stash = StashClient(Endpoint(url=URL), tally, adapter=InProcessAdapter(canned))

    found = stash.rows(SceneId(2))

    assert canned.asked == [("Rows", {"after": 2, "size": SCAN_PAGE + 1})]
    assert tally == {"stash rows": 1}
    assert found.clock == datetime(2026, 1, 11, 7, 7, 53, tzinfo=UTC)
    assert found.is_last
    primary_first = ((9, "/v/9.mp4"), (7, "/v/7.mp4"), (8, "/v/8.mp4"))
    assert found.rows == (
        FiledRow(id=SceneId(3), stamp="stamp 3", files=()),
        FiledRow(id=SceneId(5), stamp="stamp 5", files=primary_first),
    )


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1000, 1), (1001, 2), (2000, 2)])
def test_a_listing_of_rows_takes_a_request_for_each_thousand(
    count: int, pages: int
) -> None:
    canned = Filed(range(1, count + 1))
    stash = client(canned)
    seen: list[int] = []
    is_last = False

    while not is_last:
        found = stash.rows(SceneId(max(seen, default=0)))
        seen += [row.id for row in found.rows]
        is_last = found.is_last

    assert seen == list(range(1, count + 1))
    assert len(canned.asked) == pages


@pytest.mark.parametrize("ids", [(5, 4), (5, 5), (2, 5), (1, 5)])
def test_a_listing_of_rows_out_of_order_is_not_taken(ids: Sequence[int]) -> None:
    canned = Canned(Rows=data(findScenes={"scenes": [filed(i) for i in ids]}))

    with pytest.raises(TransientError, match="out of order"):
        client(canned).rows(SceneId(2))


LACKING: list[dict[str, Any]] = [
    {k: v for k, v in filed(3, 1).items() if k != "files"},
    {**filed(3), "files": None},
    {**filed(3), "files": [{"id": "1"}]},
    {**filed(3), "id": None},
]


@pytest.mark.parametrize("row", LACKING)
def test_a_row_that_lacks_something_is_not_taken(row: dict[str, Any]) -> None:
    canned = Canned(Rows=data(findScenes={"scenes": [row]}))

    with pytest.raises(StrangerError, match="another shape"):
        client(canned).rows(SceneId(0))


# Entities.

Change = Callable[[list[int]], list[int]]
ALL = list(range(1, 2502))


class Changing(Canned):
    """A Stash with tags that may change before a page is asked for."""

    def __init__(self, ids: list[int], **before: Change) -> None:
        super().__init__(Tags=self.tags)
        self.ids = ids
        self.before = before

    def tags(self, given: Variables) -> Response:
        self.ids = self.before.get(f"page_{given['page']}", list)(self.ids)
        first = (given["page"] - 1) * given["size"]
        shown = sorted(self.ids, reverse=True)[first : first + given["size"]]
        return data(found=rows(*shown, count=len(self.ids)))


def listed(canned: Canned, kind: Kind = Kind.TAG) -> list[tuple[Named, ...]]:
    return list(client(canned).entities(kind))


@pytest.mark.parametrize(
    ("kind", "operation"),
    [(Kind.PERFORMER, "Performers"), (Kind.TAG, "Tags"), (Kind.STUDIO, "Studios")],
)
def test_entities_have_their_kind_and_name(kind: Kind, operation: str) -> None:
    canned = Canned(**{operation: data(found=rows(9, 4))})

    assert listed(canned, kind) == [
        (
            Named(kind=kind, id=4, name="n4", stamp="s"),
            Named(kind=kind, id=9, name="n9", stamp="s"),
        )
    ]
    assert canned.asked == [(operation, {"page": 1, "size": SCAN_PAGE})]


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2)]
)
def test_entities_come_by_id_a_thousand_to_a_request(count: int, requests: int) -> None:
    canned = Changing(list(range(1, count + 1)))

    pages = listed(canned)

    assert [one.id for page in pages for one in page] == list(range(1, count + 1))
    assert len(canned.asked) == requests


CHANGES: dict[str, tuple[str, Change]] = {
    "one that was read goes": ("2501 became 2500", lambda ids: ids[:-1]),
    "one that is to come goes": ("2501 became 2500", lambda ids: ids[1:]),
    "one comes": ("2501 became 2502", lambda ids: [*ids, 3000]),
    "one to come goes and one comes": (
        "one tag came twice",
        lambda ids: [*ids[1:], 3000],
    ),
}


@pytest.mark.parametrize("page", ["page_2", "page_3"])
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_while_entities_are_listed_is_noticed(what: str, page: str) -> None:
    sentence, change = CHANGES[what]

    with pytest.raises(TransientError, match=f"while it was listed .{sentence}"):
        listed(Changing(ALL, **{page: change}))


@pytest.mark.parametrize("page", ["page_2", "page_3"])
def test_no_change_that_goes_unnoticed_hides_an_entity(page: str) -> None:
    """One that was read goes, one comes: as many as before, and none slips away."""
    canned = Changing(ALL, **{page: lambda ids: [*ids[:-1], 3000]})

    assert [one.id for each in listed(canned) for one in each] == ALL


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (rows(9, 4, count=3), "2 came of 3"),
        (rows(9, 4, count=1), "2 came of 1"),
        (rows(4, 9), "one tag came twice"),
        (rows(4, 4), "one tag came twice"),
        (rows(count=1), "0 came of 1"),
    ],
)
def test_a_list_that_contradicts_itself_is_not_taken(
    node: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TransientError, match=sentence):
        listed(Canned(Tags=data(found=node)))


def test_no_entity_is_given_before_all_are_known() -> None:
    canned = Changing(ALL, page_3=lambda ids: ids[1:])
    pages = client(canned).entities(Kind.TAG)

    with pytest.raises(TransientError):
        next(pages)


def test_a_failure_in_between_is_no_end() -> None:
    shelf = Changing(ALL)
    shelf.says["Tags"] = lambda given: (
        shelf.tags(given) if given["page"] < 3 else page("", 502)
    )

    with pytest.raises(TransientError, match="answered 502"):
        listed(shelf)


# The same against the double of a whole Stash.


@pytest.fixture(params=["0.27.2", "0.30.1"])
def model(request: pytest.FixtureRequest) -> StashModel:
    return StashModel(
        clock=lambda: 1_768_115_273.9,
        zone=timezone(timedelta(hours=10)),
        version=request.param,
    )


def ask(model: StashModel) -> StashClient:
    adapter = InProcessAdapter(StashDouble(model).handle, clock=model.clock)
    return StashClient(Endpoint(url=URL), Tally(), adapter=adapter)


STAMP = "2026-01-11T17:07:53+10:00"


def test_a_poll_of_the_double(model: StashModel) -> None:
    gone = model.create_performer("Gone")
    performer = model.create_performer("Zoe")
    model.destroy_performer(gone)
    tag, studio = model.create_tag("A tag"), model.create_studio("A studio")
    scene_id = model.scan_new_file("/v/full.mp4")
    model.update_scene(scene_id, performer_ids=(performer,), tag_ids=(tag,))
    done = model.jobs.start("Scanning...")
    model.jobs.finish(done)
    running = model.jobs.start("Cleaning...")
    added = [job.add_time for job in map(model.jobs.find, (done, running)) if job]

    found = poll(ask(model), after=SceneId(0), since="", fresh="", named="", jobs=[1])

    knows_files = model.since("0.29.0")
    files = (Named(kind=Kind.FILE, id=1, name="/v/full.mp4", stamp=STAMP),)
    assert [row.id for row in found.page.rows] == [scene_id]
    assert [s.performers[0].name for s in found.page.scenes] == ["Zoe"]
    assert found.named == (
        Named(kind=Kind.PERFORMER, id=performer, name="Zoe", stamp=STAMP),
        Named(kind=Kind.TAG, id=tag, name="A tag", stamp=STAMP),
        Named(kind=Kind.STUDIO, id=studio, name="A studio", stamp=STAMP),
        *(files if knows_files else ()),
    )
    assert found.scenes == Census(count=1, tip=1)
    assert found.knows_files is knows_files
    assert found.census == {
        Kind.PERFORMER: Census(count=1, tip=performer),
        Kind.TAG: Census(count=1, tip=tag),
        Kind.STUDIO: Census(count=1, tip=studio),
        **({Kind.FILE: Census(count=1, tip=1)} if knows_files else {}),
    }
    assert found.jobs == (
        Job(id=done, name="Scanning...", is_over=True, added=added[0]),
        Job(id=running, name="Cleaning...", is_over=False, added=added[1]),
    )


def test_a_quiet_poll_of_the_double_brings_no_rows(model: StashModel) -> None:
    model.create_tag("A tag")
    model.scan_new_file("/v/full.mp4")

    found = poll(ask(model), after=SceneId(0), since=STAMP, fresh=STAMP, named=STAMP)

    assert (found.page.rows, found.page.scenes, found.named) == ((), (), ())
    assert found.jobs == ()
    assert found.scenes.count == 1


def test_listing_the_double(model: StashModel) -> None:
    ids = [model.create_scene(title=f"scene {n}") for n in range(3)]
    filed_id = model.scan_new_file("/v/full.mp4")
    copy = model.scan_copy("/v/copy.mp4", filed_id)
    model.destroy_scenes(ids[1])
    names = [f"Tag {n}" for n in range(1003, 0, -1)]
    tags = [model.create_tag(name) for name in names]

    stash = ask(model)
    found = stash.rows(SceneId(0))
    pages = list(stash.entities(Kind.TAG))

    assert found.is_last
    assert [row.id for row in found.rows] == [ids[0], ids[2], filed_id]
    assert found.rows[-1] == FiledRow(
        id=SceneId(filed_id),
        stamp=STAMP,
        files=((1, "/v/full.mp4"), (copy, "/v/copy.mp4")),
    )
    listed = [(one.id, one.name) for page in pages for one in page]
    assert listed == list(zip(tags, names, strict=True))
    assert list(stash.entities(Kind.STUDIO)) == []
