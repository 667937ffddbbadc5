"""What is asked at the door arrives as it was meant."""

import json
from typing import Any

import pytest

from reconciler.core.values import Field, ItemKey, SceneId
from reconciler.daemon.asking import AskedInVainError, Request, asked, asked_fields
from reconciler.engine.errands import (
    Adopt,
    Claim,
    Release,
    TakePlex,
    TakeStash,
    Undo,
)
from reconciler.engine.settings import Planned, Scope

SCENES = frozenset({SceneId(3), SceneId(1)})
PLANNED = Planned(old="Ice", new=("a", "b"), lock=True, scene=SceneId(3), name="ice")


@pytest.mark.parametrize(
    "request_",
    [
        Request(scope=Scope()),
        Request(scope=Scope(is_full=True), is_watched=True),
        Request(scope=Scope(scenes=SCENES, fields=frozenset({Field.TITLE}), limit=3)),
        Request(scope=Scope(part=(2, 24), library="Films")),
        Request(scope=Scope(only={("Films", ItemKey("12")): {Field.GENRES: PLANNED}})),
        Request(scope=Scope(), errand=Undo(pass_id=7)),
        Request(scope=Scope(), errand=Undo(since=0, scenes=SCENES)),
        Request(scope=Scope(), errand=Release(library="Films")),
        Request(scope=Scope(), errand=Claim(scenes=SCENES)),
        Request(scope=Scope(), errand=TakeStash(fields=frozenset({Field.DATE}))),
        Request(scope=Scope(), errand=TakePlex()),
        Request(scope=Scope(), errand=Adopt(library="Films")),
    ],
)
def test_a_request_arrives_as_it_was_meant(request_: Request) -> None:
    line = json.loads(json.dumps(asked_fields(request_)))
    assert asked(line) == request_


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": "0"}, "restart the daemon"),
        ({"scope": {"limit": "many"}}, "no request"),
        ({"only": 7}, "no request"),
        ({"errand": {"cause": "sell"}}, "no request"),
        ({"errand": {"cause": "undo", "pass_id": "all"}}, "no request"),
    ],
)
def test_what_is_no_request_is_refused(change: dict[str, Any], sentence: str) -> None:
    line = {**asked_fields(Request(scope=Scope())), **change}
    with pytest.raises(AskedInVainError, match=sentence):
        asked(line)
