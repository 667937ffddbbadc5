"""The product's own client, on the double and on a real server: what it polls is so."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from reconciler.clients.stash import StashClient
from reconciler.core.news import Census, FiledRow, Named, Poll
from reconciler.core.values import Kind, SceneId
from tests.contract.stash_server import StashServer

NEVER = "9999-01-01"
"""Above this text is no stamp."""
ENTITIES = (Kind.PERFORMER, Kind.TAG, Kind.STUDIO)


@pytest.fixture
def client(stash: StashServer) -> Iterator[StashClient]:
    with closing(stash.client()) as client:
        yield client


def poll(client: StashClient, **given: Any) -> Poll:  # noqa: ANN401 - of any of them
    quiet = {"since": NEVER, "fresh": NEVER, "after": SceneId(0), "named": NEVER}
    return client.poll(**{**quiet, "jobs": (), "with_files": True, **given})


def test_a_quiet_poll_brings_counts_only(
    stash: StashServer, client: StashClient
) -> None:
    scene = int(stash.make("Scene"))

    found = poll(client)

    assert (found.page.rows, found.page.scenes, found.named) == ((), (), ())
    assert found.page.is_last
    assert (found.jobs, found.is_cut) == ((), False)
    assert found.scenes == Census(count=len(stash.find()), tip=scene)
    assert found.knows_files is (stash.version >= (0, 29))
    known = {*ENTITIES, Kind.FILE} if found.knows_files else {*ENTITIES}
    assert found.census.keys() == known


def test_the_page_of_a_poll_is_that_of_a_scan(
    stash: StashServer, client: StashClient
) -> None:
    stash.make("Scene", tag_ids=[stash.make("Tag")])

    found = poll(client, since="", fresh="").page
    scanned = client.scan(since="", fresh="", after=SceneId(0))

    assert (found.rows, found.scenes) == (scanned.rows, scanned.scenes)
    assert found.is_last is scanned.is_last
    assert abs(found.clock - scanned.clock) < timedelta(seconds=5)
    assert [str(row.id) for row in found.rows] == stash.find()[: len(found.rows)]


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_rename_is_named_and_nothing_else(
    stash: StashServer, client: StashClient, kind: Kind
) -> None:
    noun = kind.title()
    made, other = stash.make(noun), stash.make(noun)
    before = stash.stamps(noun, [made, other])
    stash.advance()
    name = stash.name("Avocet")

    stash.update(noun, made, name=name)

    found = poll(client, named=max(before.values()))
    stamp = stash.stamps(noun, [made])[made]
    assert found.named == (Named(kind=kind, id=int(made), name=name, stamp=stamp),)


@pytest.mark.parametrize("kind", ENTITIES)
def test_one_that_goes_and_one_that_comes_both_tell(
    stash: StashServer, client: StashClient, kind: Kind
) -> None:
    noun = kind.title()
    gone = stash.make(noun)
    before = poll(client).census[kind]

    stash.destroy(noun, gone)
    after = poll(client).census[kind]
    made = int(stash.make(noun))

    assert after.count == before.count - 1
    assert poll(client).census[kind] == Census(count=before.count, tip=made)


def test_files_are_named_by_their_paths(
    stash: StashServer, client: StashClient
) -> None:
    file = stash.scene_with_file()["files"][0]

    found = poll(client, named="")

    files = [one for one in found.named if one.kind is Kind.FILE]
    told = Named(
        kind=Kind.FILE,
        id=int(file["id"]),
        name=file["path"],
        stamp=file["updated_at"],
    )
    assert (told in files) is found.knows_files
    if found.knows_files and not found.is_cut:
        ids = [one.id for one in files]
        census = Census(count=len(ids), tip=max(ids))
        assert found.census[Kind.FILE] == census


def test_jobs_come_from_the_queue_and_by_their_ids(
    stash: StashServer, client: StashClient
) -> None:
    scene = stash.scene_with_file()["id"]
    over = stash.run("metadataClean", paths=["/nowhere"], dryRun=True)
    stash.wait(over)
    given = {"phashes": True, "overwrite": True, "sceneIDs": [scene]}
    running = stash.run("metadataGenerate", **given)
    first, second = int(over), int(running)

    found = poll(client, jobs=(first, second, second + 1))

    assert [(job.id, job.name, job.is_over) for job in found.jobs] == [
        (first, "Cleaning...", True),
        (second, "Generating...", False),
    ]
    times = [datetime.fromisoformat(job.added) for job in found.jobs]
    assert times == sorted(times)
    assert poll(client).jobs == found.jobs[1:]
    stash.wait(running)
    (ended,) = poll(client, jobs=(second,)).jobs
    assert ended.is_over
    stash.advance(0.2)
    assert poll(client).jobs == ()


def test_rows_are_all_scenes_with_their_files(
    stash: StashServer, client: StashClient
) -> None:
    made = stash.make("Scene")
    scene = stash.scene_with_file()

    rows: list[FiledRow] = []
    is_last = False
    while not is_last:
        page = client.rows(rows[-1].id if rows else SceneId(0))
        rows += page.rows
        is_last = page.is_last

    assert [str(row.id) for row in rows] == stash.find()
    told = {str(row.id): row for row in rows}
    assert told[made].files == ()
    assert told[made].stamp == stash.stamps("Scene", [made])[made]
    files = tuple((int(file["id"]), file["path"]) for file in scene["files"])
    assert told[scene["id"]].files[0] == files[0]
    assert set(told[scene["id"]].files) == set(files)
    assert abs(page.clock - poll(client).page.clock) < timedelta(seconds=5)


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_are_all_of_a_kind(
    stash: StashServer, client: StashClient, kind: Kind
) -> None:
    name = stash.name("Godwit")
    made = stash.make(kind.title(), name=name)

    listed = [one for page in client.entities(kind) for one in page]

    assert [one.id for one in listed] == sorted({one.id for one in listed})
    census = poll(client).census[kind]
    assert census == Census(count=len(listed), tip=listed[-1].id)
    assert (listed[-1].id, listed[-1].name) == (int(made), name)
