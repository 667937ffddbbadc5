"""The command for containers: `plexsync healthcheck`."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Any

import click

from reconciler.cli.failing import Command, complain
from reconciler.cli.options import JSON
from reconciler.cli.setting import Exit, Setting
from reconciler.config.kinds import Address
from reconciler.core.errors import UserError

_PATIENCE = 5.0
"""Seconds that the daemon may take to answer."""
_LONGEST = 1 << 20
"""Bytes of an answer that are read."""


@click.command(cls=Command)
@JSON
@click.pass_obj
def healthcheck(setting: Setting) -> None:
    """Ask the daemon whether it is ready, at [health] listen: for containers.

    Exit code 0 if it is, 1 if it is not or nobody answers.
    """
    config = setting.only("state", "health")
    listen = config.health.listen
    if listen is None:
        problem = (
            f"{config.file}: health.listen is missing; write where the daemon"
            " is to listen, like 127.0.0.1:9797"
        )
        raise UserError([problem])
    found = _ask(listen)
    problems = [] if found.is_ready else [found.sentence]
    code = Exit.DONE if found.is_ready else Exit.FAILED
    if setting.document is not None:
        known = {"ready": found.is_ready, "health": found.items}
        said = [*problems, *setting.mistakes]
        setting.document.close({"exit_code": code, "problems": said, **known})
    elif found.is_ready:
        click.echo(f"ready; {found.said}" if found.said else "ready")
    complain(problems)
    raise click.exceptions.Exit(code)


COMMANDS = (healthcheck,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the daemon says of itself."""

    is_ready: bool = False
    items: Sequence[Mapping[str, str]] = ()
    said: str = ""
    """The items in a line."""
    sentence: str = ""


def _ask(listen: Address) -> _Found:
    host = _nearby(listen.host)
    connection = http.client.HTTPConnection(host, listen.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return _read(response.status, response.read(_LONGEST))
    except OSError as error:
        reason = (error.strerror or "it takes too long").lower()
        said = f"nobody answers at {listen} ({reason}): does `plexsync run` run?"
        return _Found(sentence=said)
    except (http.client.HTTPException, ValueError, KeyError, TypeError):
        return _Found(sentence=f"who answers at {listen} is not plexsync")
    finally:
        connection.close()


def _nearby(host: str) -> str:
    """Name this machine where all of its addresses are listened at."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    loopback = "::1" if isinstance(address, IPv6Address) else "127.0.0.1"
    return loopback if address.is_unspecified else host


def _read(status: int, body: bytes) -> _Found:
    """Read an answer; a `ValueError`, `KeyError` or `TypeError`: it is none of ours."""
    known: dict[str, Any] = json.loads(body)
    items = [{name: str(item[name]) for name in _NAMES} for item in known["health"]]
    if (status == HTTPStatus.OK) is not known["ready"]:
        raise ValueError(status)
    said = "; ".join(f"{item['type']}: {item['message']}" for item in items)
    return _Found(
        is_ready=status == HTTPStatus.OK,
        items=items,
        said=said,
        sentence=f"not ready: {said or 'it does not say why'}",
    )


_NAMES = ("type", "message", "hint")
