"""The seeded library, and both doubles run by another process."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.__main__ import main
from tests.sandbox.library import PLEX_ROOT, STASH_ROOT, sandbox, seed

REPOSITORY = Path(__file__).parents[2]
NOVEMBER = 1_795_300_000.0


def test_the_same_seed_makes_the_same_library() -> None:
    one, two, other = (seed(60, n, clock=lambda: NOVEMBER) for n in (7, 7, 8))

    assert one.stash.backup() == two.stash.backup()
    assert one.plex_files == two.plex_files
    assert one.stash.backup() != other.stash.backup()


def test_it_is_as_large_as_asked_and_has_what_libraries_have() -> None:
    stash = seed(300, 1, clock=lambda: NOVEMBER).stash
    scenes = stash.scenes.values()

    assert len(scenes) == 300
    assert sum(len(scene.file_ids) == 2 for scene in scenes) == 30
    assert any(not scene.title for scene in scenes)
    assert any(scene.date is None for scene in scenes)
    assert any(scene.studio_id is None for scene in scenes)
    assert any(scene.groups for scene in scenes)
    assert {len(scene.performer_ids) for scene in scenes} == set(range(1, 7))
    assert {len(scene.tag_ids) for scene in scenes} == set(range(2, 9))
    assert any(tag.parent_ids for tag in stash.tags.values())
    assert any(studio.parent_id for studio in stash.studios.values())


@pytest.mark.parametrize("scenes", [0, 1, 5, 2500])
def test_it_holds_together_at_any_size(scenes: int) -> None:
    """All references lead somewhere, and no two things share a name or a path."""
    stash = seed(scenes, 3, clock=lambda: NOVEMBER).stash

    for scene in stash.scenes.values():
        assert set(scene.performer_ids) <= stash.performers.keys()
        assert set(scene.tag_ids) <= stash.tags.keys()
        assert {group for group, _ in scene.groups} <= stash.groups.keys()
        assert scene.studio_id is None or scene.studio_id in stash.studios
        assert scene.created_at <= scene.updated_at
    paths = [stash.path_of(file_id) for file_id in stash.files]
    assert len({path.casefold() for path in paths}) == len(paths)
    assert all(path.startswith(f"{STASH_ROOT}/") for path in paths)
    for table in (stash.performers, stash.tags, stash.studios, stash.groups):
        names = [row.name for row in table.values()]
        assert len({name.casefold() for name in names}) == len(names)


def test_plex_has_an_item_for_every_file_under_its_own_root() -> None:
    both = sandbox(40, 1)

    files = {file for item in both.plex.snapshot().values() for file in item.files}
    stash = both.stash.model
    expected = {
        stash.path_of(file_id).replace(STASH_ROOT, PLEX_ROOT, 1)
        for file_id in stash.files
    }
    assert files == expected
    assert len(files) == 44


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.sandbox", "serve", "--scenes", "20"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, cwd=REPOSITORY, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        ready: dict[str, Any] = json.loads(process.stdout.readline())
        yield ready
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_says_where_both_are(served: dict[str, Any]) -> None:
    stash = requests.post(
        f"{served['stash_url']}/graphql",
        json={"query": "{ stats { scene_count } }"},
        timeout=10,
    )
    plex = requests.get(
        f"{served['plex_url']}/library/sections",
        headers={"X-Plex-Token": served["plex_token"], "Accept": "application/json"},
        timeout=10,
    )

    assert stash.json()["data"]["stats"]["scene_count"] == 20
    sections = plex.json()["MediaContainer"]["Directory"]
    assert [section["title"] for section in sections] == [served["library"]]
    assert served["paths"] == {"stash": STASH_ROOT, "plex": PLEX_ROOT}


def test_requests_are_counted_without_those_for_the_counts(
    served: dict[str, Any],
) -> None:
    url = served["stash_url"]
    requests.post(f"{url}/sandbox/reset-counts", timeout=10)
    requests.get(f"{url}/graphql", params={"query": "{ version { hash } }"}, timeout=10)

    for _ in range(2):
        counts = requests.get(f"{url}/sandbox/counts", timeout=10)

        assert counts.json() == {"graphql": 1}


def test_both_may_be_edited_from_outside(served: dict[str, Any]) -> None:
    """Stash as by a scan, Plex as by a person."""
    stash, plex = served["stash_url"], served["plex_url"]
    made = requests.post(
        f"{stash}/sandbox/edit",
        json={
            "do": "scan_new_file",
            "args": [f"{STASH_ROOT}/Skye/new.mp4"],
            "with": {"fingerprints": [["oshash", "00ff"]]},
        },
        timeout=10,
    )
    items = requests.get(f"{plex}/sandbox/items", timeout=10).json()
    requests.post(
        f"{plex}/sandbox/edit",
        json={
            "do": "person.edit",
            "args": [items[0]["key"]],
            "with": {"title": "Mine"},
        },
        timeout=10,
    )
    after = requests.get(f"{plex}/sandbox/items", timeout=10).json()

    assert made.json() == {"result": 21}
    scenes = requests.get(f"{stash}/sandbox/items", timeout=10).json()
    assert scenes["21"] == [f"{STASH_ROOT}/Skye/new.mp4"]
    assert after[0]["fields"]["title"] == "Mine"
    assert "title" in after[0]["locks"]
    assert after[0]["paths"] == items[0]["paths"]


def test_the_help_has_edits_that_work(
    served: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    edits = re.findall(r"curl \$(STASH|PLEX)_URL(/\S+) \\\n +-d '(.*)'", shown)

    answers = [
        requests.post(f"{served[f'{to.lower()}_url']}{page}", data=body, timeout=10)
        for to, page, body in edits
    ]

    assert [to for to, _, _ in edits] == ["STASH", "PLEX", "PLEX", "STASH"]
    assert [answer.status_code for answer in answers] == [200] * 4
    items = requests.get(f"{served['plex_url']}/sandbox/items", timeout=10).json()
    assert items[0]["fields"]["title"] == "Mine"


def test_a_server_fails_until_it_is_mended(served: dict[str, Any]) -> None:
    url, token = served["plex_url"], served["plex_token"]

    def status(method: str) -> int:
        headers = {"X-Plex-Token": token}
        asked = requests.request(method, f"{url}/identity", headers=headers, timeout=10)
        return asked.status_code

    well = status("GET")
    wrong = requests.post(f"{url}/sandbox/fault", json={"what": "?"}, timeout=10)
    fault = {"what": "answered", "status": 418, "method": "GET", "about": "identity"}
    made = requests.post(f"{url}/sandbox/fault", json=fault, timeout=10)
    ill = status("GET"), status("GET")
    requests.post(f"{url}/sandbox/mend", timeout=10)

    assert (wrong.status_code, made.status_code) == (400, 200)
    assert (well, ill, status("GET")) == (200, (418, 418), 200)


@pytest.mark.parametrize("do", ["_put", "handle", "nothing_of_the_kind"])
def test_not_everything_is_an_edit(served: dict[str, Any], do: str) -> None:
    url = f"{served['stash_url']}/sandbox/edit"

    answer = requests.post(url, json={"do": do}, timeout=10)

    assert answer.status_code == 400
    assert "error" in answer.json()
