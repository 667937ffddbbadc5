"""Events as Stash v0.30.1 gives them to a plugin, with invented values."""

import json
from collections.abc import Mapping
from typing import Any

_CONNECTION = {
    "Scheme": "http",
    "Host": "0.0.0.0",
    "Port": 9999,
    "SessionCookie": {"Name": "session", "Value": "cookie-of-a-session-41c8"},
    "Dir": "/config",
    "PluginDir": "/config/plugins",
}


def event(
    kind: str,
    scene: object,
    given: Mapping[str, Any] | None = None,
    **more: object,
) -> bytes:
    """Write the event of a hook: *given* is the input of the mutation."""
    context = {"id": scene, "type": kind, "input": given, **more}
    return json.dumps(
        {"server_connection": _CONNECTION, "args": {"hookContext": context}}
    ).encode()


def updated(scene: int) -> bytes:
    return event(
        "Scene.Update.Post",
        scene,
        {"clientMutationId": None, "id": str(scene), "title": "Ice"},
        inputFields=["id", "title"],
    )
