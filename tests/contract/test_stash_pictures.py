"""Pictures: their addresses, their tags, and what stands for none (facts §4)."""

import re
from hashlib import md5

import pytest

from tests.contract.stash_server import EMERALD, StashServer, unfolded


def test_the_address_of_a_cover_is_made_of_the_stamp(stash: StashServer) -> None:
    made = stash.make("Scene")
    scene = stash.scene(made, "paths { screenshot }")

    address = re.escape(f"{stash.url}/scene/{made}/screenshot")
    assert re.fullmatch(rf"{address}\?t=\d{{10}}", scene["paths"]["screenshot"])


def test_without_a_cover_there_is_an_svg(stash: StashServer) -> None:
    made = stash.make("Scene")
    response = stash.request("GET", f"/scene/{made}/screenshot")

    assert response.status_code == 200
    assert unfolded(response) == "image/svg+xml"
    assert response.headers["Cache-Control"] == "no-cache"


def test_a_cover_is_told_by_its_etag(stash: StashServer) -> None:
    """The tag is the hash of the picture, and the same picture is not sent twice."""
    made = stash.make("Scene", cover_image=EMERALD)
    address = f"/scene/{made}/screenshot?t=5"

    first = stash.request("GET", address)
    etag = first.headers["ETag"]
    again = stash.request("GET", address, headers={"If-None-Match": etag})

    assert unfolded(first) == "image/png"
    assert etag == f'"{md5(first.content, usedforsecurity=False).hexdigest()}"'
    assert "max-age=31536000" in first.headers["Cache-Control"]
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/scene/987654321/screenshot", 404),
        ("/scene/heron/screenshot", 400),
        ("/tag/987654321/image", 404),
    ],
)
def test_nobodys_picture_is_not_found(
    stash: StashServer, path: str, status: int
) -> None:
    assert stash.request("GET", path).status_code == status


@pytest.mark.parametrize(
    ("kind", "field", "given"),
    [
        ("Performer", "image_path", "image"),
        ("Tag", "image_path", "image"),
        ("Studio", "image_path", "image"),
        ("Group", "front_image_path", "front_image"),
    ],
)
def test_an_entity_without_a_picture_says_so_in_the_address(
    stash: StashServer, kind: str, field: str, given: str
) -> None:
    bare, pictured = stash.make(kind), stash.make(kind, **{given: EMERALD})
    query = f"query($id: ID!) {{ find{kind}(id: $id) {{ {field} }} }}"

    def address(entity: str) -> str:
        found = stash.ask(query, id=entity)[f"find{kind}"][field]
        return str(found).removeprefix(stash.url)

    assert address(bare).endswith("&default=true")
    assert "default" not in address(pictured)
    shown = stash.request("GET", address(pictured))
    assert unfolded(shown) == "image/png"


def test_a_compressed_picture_is_the_same_picture(stash: StashServer) -> None:
    made = stash.make("Scene")
    headers = {"Accept-Encoding": "gzip"}
    response = stash.request("GET", f"/scene/{made}/screenshot", headers=headers)

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.content.startswith(b"<svg")
