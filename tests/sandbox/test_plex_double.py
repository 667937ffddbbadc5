"""The double's answers held against recorded ones, to the attribute and the header.

The recordings are of several versions of the real server; what of them is not produced
stands in `NOT_PRODUCED` and `NOT_ANSWERED`, with the reason.
"""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.sandbox.plex import recorded
from tests.sandbox.plex.asking import JSON, World
from tests.sandbox.plex.state import Maintenance
from tests.sandbox.server import Request

RECORDED = Path(__file__).parents[3] / "shared" / "fixtures" / "plex"

needs_recordings = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded answers are not part of the repository"
)

_CAPABILITIES = """
    allowCameraUpload allowChannelAccess allowSharing allowSync allowTuners
    backgroundProcessing certificate companionProxy countryCode diagnostics eventStream
    hubSearch itemClusters livetv mediaProviders multiuser offlineTranscode
    ownerFeatures photoAutoTag pluginHost pushNotifications readOnlyLibraries
    requestParametersInCookie streamingBrainABRVersion streamingBrainVersion sync
    transcoderAudio transcoderLyrics transcoderPhoto transcoderSubtitles
    transcoderVideo transcoderVideoBitrates transcoderVideoQualities
    transcoderVideoResolutions updater voiceSearch
"""

# Recorded, but not produced: recording -> attribute -> why.
NOT_PRODUCED = MappingProxyType(
    {
        "root": dict.fromkeys(
            _CAPABILITIES.split(), "what a server can do besides: nothing here asks"
        ),
        "sections of 1.20": {
            "art": "1.43 does not send it",
            "composite": "1.43 does not send it",
            "thumb": "1.43 does not send it",
            "identifier": "1.43 does not send it on this container",
            "mediaTagPrefix": "1.43 does not send it on this container",
            "mediaTagVersion": "1.43 does not send it on this container",
        },
        "size only": {
            "nocache": "a hint for browsers, absent from the other recordings",
            "sortAsc": "how the page shows it, absent from other recordings",
        },
        "collection": {
            "contentRating": "of the members; absent where they have none",
            "ratingCount": "says how many members are rated: nothing here asks",
        },
        "posters": {
            "provider": "empty for an upload in 2017, absent in newer versions"
        },
    }
)

# Recordings of what this double has no answer to: file -> why.
NOT_ANSWERED = MappingProxyType(
    {
        "home-assistant/library_movies_metadata.xml": "names of filters: we filter raw",
        "plex-api.rs/tv_episodes.json": "episodes: only films are edited",
        "plextraktsync/events-played.json": "frames of a websocket that is not served",
        "plextraktsync/events.json": "frames of a websocket that is not served",
    }
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def otter(world: World) -> int:
    return world.add("Otter River.mp4")


def read(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def recorded_xml(name: str) -> ET.Element:
    return ET.fromstring(read(name))  # noqa: S314 - our own


def recorded_json(name: str) -> Any:  # noqa: ANN401 - whatever was recorded
    return json.loads(read(name))


def shape(element: ET.Element) -> list[Any]:
    """Return an element as a value: name, attributes, children in order."""
    return [element.tag, dict(element.attrib), [shape(child) for child in element]]


@needs_recordings
class TestRecorded:
    def test_no_recording_is_left_out(self) -> None:
        files = {
            str(path.relative_to(RECORDED))
            for path in RECORDED.rglob("*")
            if path.is_file() and path.name != "INDEX.md"
        }
        source = Path(__file__).read_text(encoding="utf-8")

        assert {file for file in files if f'"{file}"' not in source} == set()

    def test_a_full_item_in_xml(self, world: World) -> None:
        """Same elements in the same order, same attributes, same values."""
        answer = recorded_xml("plexopedia/movie_full_with_Field.xml")
        key = recorded.load_xml(world.plex.model, answer)

        ours = world.xml(f"/library/metadata/{key}")

        assert shape(ours) == shape(answer)
        assert list(ours[0].attrib) == list(answer[0].attrib)

    def test_a_full_item_in_json(self, world: World) -> None:
        """Numbers, truths and strings are typed as recorded, too."""
        answer = recorded_json("plex-api.rs/metadata_1036.json")
        (key,) = recorded.load_json(world.plex.model, answer)

        ours = world.json(f"/library/metadata/{key}")

        assert ours == answer

    def test_a_listing_in_json(self, world: World) -> None:
        """Same items in the same order, which is that of the titles."""
        answer = recorded_json("plex-api.rs/movie_library.json")
        recorded.load_json(world.plex.model, answer)

        ours = world.json("/library/sections/1/all?type=1")

        container, theirs = ours["MediaContainer"], answer["MediaContainer"]
        assert container["Metadata"] == theirs["Metadata"]
        assert container.keys() == theirs.keys()

    def test_the_official_example_of_a_listing(self, world: World) -> None:
        """The example was cut down by hand, so what is there must be here as well."""
        answer = recorded_json("docs/zoolander_listing_official.json")
        recorded.load_json(world.plex.model, answer)

        ours = world.json("/library/sections/26/all?type=1")

        row, theirs = (one["MediaContainer"]["Metadata"][0] for one in (ours, answer))
        # An older form: recorded keys of parts have a time stamp in the middle.
        row["Media"][0]["Part"][0]["key"] = "/library/parts/827/file.mkv"
        assert {name: row[name] for name in theirs} == theirs

    def test_size_zero_gives_totals_only(self, world: World) -> None:
        world.add("Otter River.mp4")
        answer = recorded_xml("home-assistant/library_movies_size.xml")

        ours = world.xml(
            "/library/sections/1/all?includeCollections=0"
            "&X-Plex-Container-Start=0&X-Plex-Container-Size=0"
        )

        assert len(ours) == 0
        assert answer.attrib.keys() - ours.attrib == NOT_PRODUCED["size only"].keys()
        for name in ("size", "totalSize", "offset", "viewGroup", "identifier"):
            assert ours.get(name) == answer.get(name)

    def test_an_empty_library(self, world: World) -> None:
        answer = recorded_xml("home-assistant/empty_library.xml")

        ours = world.xml(f"/library/sections/{world.films}/all")

        assert len(ours) == 0
        assert ours.attrib.keys() >= answer.attrib.keys()
        assert ours.get("size") == answer.get("size") == "0"

    def test_sections_in_json(self, world: World) -> None:
        answer = recorded_json("bunkarr/sections.json")
        recorded.load_sections(world.plex.model, answer["MediaContainer"]["Directory"])

        assert world.json("/library/sections") == answer

    def test_sections_in_xml(self, world: World) -> None:
        answer = recorded_xml("home-assistant/library_sections.xml")
        recorded.load_sections(world.plex.model, recorded.as_dicts(answer))

        ours = world.xml("/library/sections")

        assert (
            missing([answer, *answer], [ours, *ours])
            == NOT_PRODUCED["sections of 1.20"].keys()
        )
        for theirs, mine in zip(answer, ours, strict=True):
            for name in ("key", "type", "uuid", "updatedAt", "contentChangedAt"):
                assert mine.get(name) == theirs.get(name)
            assert [shape(one) for one in mine] == [shape(one) for one in theirs]

    def test_identity(self, world: World) -> None:
        answer = recorded_json("bunkarr/identity.json")["MediaContainer"]
        world.plex.model.machine_identifier = answer["machineIdentifier"]
        world.plex.model.version = answer["version"]

        response = world.plex.handle(Request.to("GET", "/identity", JSON))

        assert json.loads(response.body)["MediaContainer"] == answer

    def test_root(self, world: World) -> None:
        answer = recorded_xml("home-assistant/plex_server_base.xml")

        ours = world.xml("/")

        assert answer.attrib.keys() - ours.attrib == NOT_PRODUCED["root"].keys()
        assert ours.attrib.keys() <= answer.attrib.keys()

    def test_settings(self, world: World) -> None:
        """Of 150 there are a few, and those are as recorded."""
        answer = recorded_json("plex-api.rs/prefs.json")["MediaContainer"]
        world.plex.model.butler_hours = (1, 7)

        ours = world.json("/:/prefs")["MediaContainer"]

        theirs = {one["id"]: one for one in answer["Setting"]}
        assert ours["Setting"] == [theirs[one["id"]] for one in ours["Setting"]]
        assert ours.keys() == answer.keys()

    def test_a_collection_in_json(self, world: World, otter: int) -> None:
        answer = recorded_json("plex-api.rs/metadata_161.json")["MediaContainer"]
        key = with_collection(world, otter)

        ours = world.json(f"/library/metadata/{key}")["MediaContainer"]

        gone = answer["Metadata"][0].keys() - ours["Metadata"][0]
        assert gone == NOT_PRODUCED["collection"].keys()
        assert ours.keys() == answer.keys()
        assert (
            types(ours["Metadata"][0]).items() <= types(answer["Metadata"][0]).items()
        )

    def test_a_collection_in_a_listing(self, world: World, otter: int) -> None:
        answer = recorded_xml("home-assistant/collections_item.xml")[0]
        key = with_collection(world, otter)

        (ours,) = world.xml("/library/sections/1/collections")

        assert ours.tag == answer.tag
        assert answer.attrib.keys() - ours.attrib == NOT_PRODUCED["collection"].keys()
        assert ours.attrib.keys() <= answer.attrib.keys()
        assert ours.get("key") == f"/library/collections/{key}/children"

    def test_posters(self, world: World, otter: int) -> None:
        answer = recorded_xml("issues/posters_issue179.xml")
        world.plex.person.choose_poster(otter, b"a picture of an otter")

        ours = world.xml(f"/library/metadata/{otter}/posters")

        own, uploaded = ours
        assert missing(answer[:1], [uploaded]) == NOT_PRODUCED["posters"].keys()
        assert own.attrib.keys() == answer[1].attrib.keys()
        assert ours.attrib.keys() >= answer.attrib.keys()
        # Recorded: percent-encoded down to the dots.
        assert "%2Eplex%2Eagents%2Enone" in own.attrib["key"]

    def test_the_answer_to_a_choice_of_poster(self, world: World, otter: int) -> None:
        answer = read("issues/put_poster_body_pr437.txt").decode().strip()
        key = world.plex.person.choose_poster(otter, b"a picture")

        world.clock.now = int(answer.rpartition("/")[2])
        response = world.ask("PUT", f"/library/metadata/{otter}/poster?url={key}")

        assert response.body.decode() == answer.replace("80584", str(otter))

    def test_unauthorized(self, world: World) -> None:
        """Status, headers in their order, and the page to the byte."""
        text = read("bunkarr/unauthorized.txt").decode()
        head, _, rest = text.partition("\n\n")
        lines = [line.partition(": ") for line in head.splitlines()[2:]]
        theirs = [(name, value) for name, _, value in lines if name != "Date"]

        response = world.plex.handle(Request.to("GET", "/library/sections", JSON))

        assert response.status == 401
        assert list(response.headers) == theirs
        assert response.body.decode() == rest.splitlines()[0]

    def test_not_found(self, world: World) -> None:
        response = world.get("/library/metadata/9999")

        assert (response.status, response.body) == (404, read("issues/404_body.html"))

    def test_starting(self, world: World) -> None:
        world.plex.model.maintenance = Maintenance.STARTUP

        response = world.get("/library/sections", JSON)

        assert response.status == 503
        assert response.body == read("issues/503_startup_maintenance.json")

    def test_migrating(self, world: World) -> None:
        world.plex.model.maintenance = Maintenance.MIGRATIONS

        response = world.get("/library/sections")

        assert response.status == 503
        assert response.body == read("issues/503_database_migrations.xml")


def missing(theirs: list[ET.Element], ours: list[ET.Element]) -> set[str]:
    """Return the attributes that the recorded elements have and ours have not."""
    pairs = zip(theirs, ours, strict=True)
    return {name for their, our in pairs for name in their.attrib.keys() - our.attrib}


def types(whole: dict[str, object]) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in whole.items()}


def with_collection(world: World, key: int) -> int:
    world.plex.person.edit(key, originallyAvailableAt="2014-05-01")
    world.plex.person.tag(key, "collection", "Rivers")
    (collection,) = world.plex.model.collections
    return collection
