"""Jobs: one at a time, counted from 1 since the start, and soon forgotten."""

from typing import Any

import pytest

from tests.contract.stash_server import StashServer

FIND = """query($id: ID!) {
  findJob(input: {id: $id}) { id status description error startTime endTime }
}"""
QUEUE = "{ jobQueue { id status description } }"
STOP = "mutation($id: ID!) { stopJob(job_id: $id) }"
NOBODY = "987654321"


def clean(stash: StashServer) -> str:
    """Queue a job that looks for what is gone where nothing is, and removes nothing."""
    nowhere = f"/{stash.name('nowhere').replace(' ', '-')}"
    return stash.run("metadataClean", paths=[nowhere], dryRun=True)


def find(stash: StashServer, job_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = stash.ask(FIND, id=job_id)["findJob"]
    return found


def queue(stash: StashServer) -> dict[str, str]:
    return {job["id"]: job["status"] for job in stash.ask(QUEUE)["jobQueue"] or ()}


@pytest.fixture
def busy(stash: StashServer) -> str:
    """Queue a job that takes a second or two, and return its id."""
    scene = stash.scene_with_file()["id"]
    return stash.run("metadataGenerate", phashes=True, overwrite=True, sceneIDs=[scene])


def test_a_job_that_is_over_is_known_by_its_id(stash: StashServer) -> None:
    job_id = clean(stash)

    assert stash.wait(job_id) == "FINISHED"
    job = find(stash, job_id)
    assert job is not None
    assert (job["id"], job["description"]) == (job_id, "Cleaning...")
    assert job["error"] is None
    assert job["startTime"] <= job["endTime"]
    stash.advance(0.2)
    assert job_id not in queue(stash)


def test_jobs_are_counted(stash: StashServer) -> None:
    first = clean(stash)

    assert clean(stash) == str(int(first) + 1)
    assert int(first) >= 1


@pytest.mark.parametrize("job_id", ["0", "-1", NOBODY])
def test_a_job_that_nobody_knows_is_null_without_an_error(
    stash: StashServer, job_id: str
) -> None:
    assert find(stash, job_id) is None


def test_a_job_asked_for_by_no_number_is_null_with_an_error(
    stash: StashServer,
) -> None:
    message, data = stash.refusal(FIND, id="heron")

    assert message == 'strconv.Atoi: parsing "heron": invalid syntax'
    assert data == {"findJob": None}


def test_ten_jobs_that_are_over_are_remembered(stash: StashServer) -> None:
    jobs = [clean(stash) for _ in range(11)]
    for job_id in jobs:
        stash.wait(job_id)
    stash.advance(0.2)  # a job is over a moment before it leaves the queue

    known = [find(stash, job_id) is not None for job_id in jobs]

    assert known == [False] + [True] * 10


def test_one_job_runs_and_the_others_wait_their_turn(
    stash: StashServer, busy: str
) -> None:
    waiting = [clean(stash), clean(stash)]

    assert queue(stash) == {busy: "RUNNING", waiting[0]: "READY", waiting[1]: "READY"}
    assert find(stash, waiting[0]) is not None

    assert [stash.wait(job_id) for job_id in (*waiting, busy)] == ["FINISHED"] * 3
    ends = [job["endTime"] for i in (busy, *waiting) if (job := find(stash, i))]
    assert ends == sorted(ends)


def test_a_job_that_is_stopped_before_its_turn_is_over_at_once(
    stash: StashServer, busy: str
) -> None:
    waiting = clean(stash)

    assert stash.ask(STOP, id=waiting) == {"stopJob": True}

    job = find(stash, waiting)
    assert job is not None
    assert (job["status"], job["startTime"]) == ("CANCELLED", None)
    assert queue(stash) == {busy: "RUNNING"}
    stash.wait(busy)


def test_a_job_that_is_stopped_while_it_runs_comes_to_its_end(
    stash: StashServer, busy: str
) -> None:
    assert queue(stash) == {busy: "RUNNING"}

    stash.ask(STOP, id=busy)

    assert stash.wait(busy) == "CANCELLED"


@pytest.mark.parametrize("job_id", [NOBODY, "its own"])
def test_stopping_what_is_not_there_or_over_is_no_error(
    stash: StashServer, job_id: str
) -> None:
    over = clean(stash)
    stash.wait(over)

    stopped = over if job_id == "its own" else job_id
    assert stash.ask(STOP, id=stopped) == {"stopJob": True}

    job = find(stash, over)
    assert job is not None
    assert job["status"] == "FINISHED"


def test_a_job_that_fails_says_so_and_is_over(stash: StashServer) -> None:
    before = clean(stash)
    stash.wait(before)

    query = "mutation($id: ID!) { sceneGenerateScreenshot(id: $id) }"
    assert stash.ask(query, id=NOBODY) == {"sceneGenerateScreenshot": "todo"}

    failed = str(int(before) + 1)
    assert stash.wait(failed) == "FAILED"
    job = find(stash, failed)
    assert job is not None
    assert job["description"] == f"Generating screenshot for scene id {NOBODY}"
    assert f"scene with id {NOBODY} not found" in job["error"]
