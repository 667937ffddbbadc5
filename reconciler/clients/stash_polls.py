"""What a poll and the listings ask of Stash.

A poll is one request however much it asks for: Stash has no limit on that, and answers
the parts side by side. Here `count` is asked for, which is what tells that something is
gone; with 100,000 scenes it costs Stash 25 ms for the scenes and 20 ms for the files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from reconciler.clients import stash_wire
from reconciler.clients.stash_queries import (
    SCAN_PAGE,
    SCANNED,
    WHOLE,
    Found,
    Query,
    found,
)
from reconciler.clients.stash_wire import Node
from reconciler.core.news import Census, FiledRow, Job, Named
from reconciler.core.values import Kind, SceneId

MOST_JOBS = 30
"""Jobs that one poll asks for by id; Stash looks them up in memory."""

_NO_JOB = 0  # ids count from 1
_LISTED = {
    Kind.PERFORMER: "performers",
    Kind.TAG: "tags",
    Kind.STUDIO: "studios",
}


def _changed(kind: Kind, rows: str) -> str:
    return f"""
  changed_{rows}: find{rows.title()}(
    filter: {{ per_page: -1, sort: "id", direction: ASC }}
    {kind}_filter: {{ updated_at: {{ value: $named, modifier: GREATER_THAN }} }}
  ) {{ rows: {rows} {{ id name updated_at }} }}"""


def _counted(rows: str, given: str = "") -> str:
    last = f'filter: {{ per_page: 1, sort: "id", direction: DESC }}{given}'
    return f"""
  all_{rows}: find{rows.title()}({last}) {{ count rows: {rows} {{ id }} }}"""


# True of all, and counts them in half the time: by their ids, not by another index.
_SCENES = _counted(
    "scenes", ", scene_filter: { id: { value: 0, modifier: GREATER_THAN } }"
)

# By their stamps, the newest first: where more have changed than there is room for,
# they tell whether any is new. Sorted by id, a Stash that has grown much since SQLite
# last looked at it may walk its files by their names instead, in ten times the time.
_FILES = f"""
  changed_files: findFiles(
    filter: {{ per_page: $size, sort: "updated_at", direction: DESC }}
    file_filter: {{ updated_at: {{ value: $named, modifier: GREATER_THAN }} }}
  ) {{ rows: files {{ id name: path updated_at }} }}{_counted("files")}"""

_JOBS = "\n  jobQueue { ...Task }" + "".join(
    f"\n  job_{number}: findJob(input: {{ id: $job_{number} }}) {{ ...Task }}"
    for number in range(MOST_JOBS)
)

_ENTITIES = "".join(
    _changed(kind, rows) + _counted(rows) for kind, rows in _LISTED.items()
)

_ASKED = "".join(f", $job_{number}: ID!" for number in range(MOST_JOBS))


def _poll(files: str) -> str:
    texts = "$since: String!, $fresh: String!, $named: String!"
    return f"""
query Poll({texts}, $after: Int!, $size: Int!{_ASKED}) {{{SCANNED}\
{_SCENES}{_ENTITIES}{files}{_JOBS}
}}
fragment Task on Job {{ id status description addTime }}
{WHOLE}"""


POLL = _poll(_FILES)
POLL_WITHOUT_FILES = _poll("")
"""For Stash before v0.29, which refuses a document that names `findFiles`."""

ROWS = """
query Rows($after: Int!, $size: Int!) {
  findScenes(
    filter: { per_page: $size, sort: "id", direction: ASC }
    scene_filter: { id: { value: $after, modifier: GREATER_THAN } }
  ) { scenes { id updated_at files { id path } } }
}
"""

ENTITIES = {
    kind: f"""
query {rows.title()}($page: Int!, $size: Int!) {{
  found: find{rows.title()}(
    filter: {{ page: $page, per_page: $size, sort: "id", direction: DESC }}
  ) {{ count rows: {rows} {{ id name updated_at }} }}
}}
"""
    for kind, rows in _LISTED.items()
}

DOCUMENTS = (POLL, POLL_WITHOUT_FILES, ROWS, *ENTITIES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a poll is to ask."""

    since: str
    fresh: str
    after: SceneId
    named: str
    jobs: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a poll brought: the lists of a scan, and all else."""

    found: Found
    named: tuple[Named, ...]
    is_cut: bool
    scenes: Census
    census: Mapping[Kind, Census]
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A page of a listing of entities, from the highest id down."""

    rows: tuple[Named, ...]
    count: int
    """Of all pages together."""


def poll(asked: Asked, *, with_files: bool) -> Query[News]:
    if len(asked.jobs) > MOST_JOBS:
        raise ValueError(f"a poll asks for {MOST_JOBS} jobs at most")
    padding = [_NO_JOB] * (MOST_JOBS - len(asked.jobs))
    variables = {
        "since": asked.since,
        "fresh": asked.fresh,
        "named": asked.named,
        "after": asked.after,
        "size": SCAN_PAGE + 1,
        **{f"job_{n}": str(id_) for n, id_ in enumerate((*asked.jobs, *padding))},
    }
    text = POLL if with_files else POLL_WITHOUT_FILES
    return Query(kind="stash poll", text=text, variables=variables, read=_news)


def rows(after: SceneId) -> Query[tuple[FiledRow, ...]]:
    """Ask for slim rows with their files, up to one more than a page."""
    return Query(
        kind="stash rows",
        text=ROWS,
        variables={"after": after, "size": SCAN_PAGE + 1},
        read=lambda data: stash_wire.filed_rows(data["findScenes"]["scenes"]),
    )


def entities(kind: Kind, page: int) -> Query[Stretch]:
    """Ask for a page of performers, tags or studios; the first page is 1.

    From the highest id down: as Stash gives every new row the highest, a row that is
    made between two pages moves the others towards those to come, never past them.
    """

    def read(data: Node) -> Stretch:
        node = data["found"]
        listed = stash_wire.named(kind, node["rows"])
        return Stretch(rows=listed, count=stash_wire.number(node["count"]))

    variables = {"page": page, "size": SCAN_PAGE}
    return Query(
        kind="stash entities", text=ENTITIES[kind], variables=variables, read=read
    )


def _news(data: Node) -> News:
    knows_files = "all_files" in data
    listed = {**_LISTED, **({Kind.FILE: "files"} if knows_files else {})}
    changed = {
        kind: stash_wire.named(kind, data[f"changed_{rows}"]["rows"])
        for kind, rows in listed.items()
    }
    files = changed.get(Kind.FILE, ())
    if knows_files:
        first = files[:SCAN_PAGE]
        changed[Kind.FILE] = tuple(sorted(first, key=lambda file: file.id))
    asked_for = (data[f"job_{number}"] for number in range(MOST_JOBS))
    return News(
        found=found(data),
        named=tuple(chain.from_iterable(changed.values())),
        is_cut=len(files) > SCAN_PAGE,
        scenes=stash_wire.census(data["all_scenes"]),
        census={
            kind: stash_wire.census(data[f"all_{rows}"])
            for kind, rows in listed.items()
        },
        jobs=stash_wire.jobs((*(data["jobQueue"] or ()), *asked_for)),
    )
