"""A desk to run commands at: both doubles served over HTTP, a configuration, a state.

Whatever a command says is kept, so that no test can miss a secret or a traceback.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.cli.setting import Around
from tests.sandbox.plex.double import PlexDouble, Snapshot
from tests.sandbox.plex.model import Model
from tests.sandbox.server import Request, Response, Server
from tests.sandbox.stash.http import StashDouble
from tests.sandbox.stash.model import Settings, StashModel
from tests.sandbox.stash.records import SceneFields

TOKEN = "token-of-the-owner-9f3b"
KEY = "key-of-stash-77aa"
WRONG = "wrong-secret-1c2d"
LONG = "The survey of the valley goes on and on. " * 50
ROOT = Path(__file__).parents[2]

_OURS = ("PLEXSYNC_", "XDG_")
_STRANGE = ("STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command has left on its two streams, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def errors(self) -> list[str]:
        """The sentences that name a failure."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


class Desk:
    """Runs `plexsync` against a Stash and a Plex that a test can break."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[Said] = []
        self.stash = StashModel(settings=Settings(api_key=KEY))
        self.plex = PlexDouble(Model(token=TOKEN))
        self.section = self.plex.add_section("Films", "/media/films")
        self.plex.add_section("Shorts", "/media/shorts")
        self.before_plex: Callable[[Request], None] = lambda _: None
        self.stash_server = StashDouble(self.stash).serve()
        self.plex_server = Server(self._answer, clock=self.plex.model.clock)
        self.stash_server.start()
        self.plex_server.start()
        self.config = folder / "plexsync.toml"
        self.state = folder / "state" / "plexsync.db"
        self.tables: dict[str, dict[str, object]] = {
            "stash": {"url": self.stash_server.url, "api_key": KEY},
            "plex": {
                "url": self.plex_server.url,
                "token": TOKEN,
                "libraries": ["Films"],
                "share": 1.0,  # nobody else asks this Plex: no peace is needed
                "backup": False,  # nor would anybody miss it: none is waited for
            },
            "state": {"path": str(self.state)},
        }
        self.pairs = [("/data/films", "/media/films")]
        self.configure()

    def close(self) -> None:
        self.stash_server.stop()
        self.plex_server.stop()

    def configure(self, text: str = "", **changes: Mapping[str, object]) -> None:
        """Write the configuration, with some keys changed and *text* behind it."""
        tables = {name: dict(table) for name, table in self.tables.items()}
        for name, changed in changes.items():
            tables[name] = {**tables.get(name, {}), **changed}
        lines = []
        for name, table in tables.items():
            lines.append(f"[{name}]")
            # JSON's texts, numbers and lists are TOML's as well
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
        for stash, plex in self.pairs:
            lines += ["[[paths]]", f"stash = {json.dumps(stash)}"]
            lines.append(f"plex = {json.dumps(plex)}")
        self.config.write_text("\n".join([*lines, text]), encoding="utf-8")
        self.config.chmod(0o600)

    def scene(self, stem: str, *, in_plex: bool = True, **fields: Any) -> int:  # noqa: ANN401 - a scene's fields
        """Make a scene with one file, and the item that a scan makes of it."""
        scene = self.stash.scan_new_file(f"/data/films/{stem}.mp4")
        known: SceneFields = {"title": stem.title(), "details": f"About {stem}."}
        self.stash.update_scene(scene, **{**known, **fields})
        if in_plex:
            self.plex.add(self.section, f"/media/films/{stem}.mp4")
        return scene

    def fill(self, count: int) -> None:
        """Make scenes `reel-000` and so on, with much to say of each."""
        for number in range(count):
            self.scene(f"reel-{number:03}", details=f"{number}: {LONG}")

    def item(self, stem: str) -> Snapshot:
        return self.plex.snapshot_of(self.key(stem))

    def key(self, stem: str) -> int:
        path = f"/media/films/{stem}.mp4"
        return self.plex.scanner.key_of(self.section, path)

    def title(self, stem: str) -> str:
        return self.item(stem).values["title"]

    def run(self, *arguments: str, around: Around | None = None, **env: str) -> Said:
        """Run a command in this process."""
        return self.bare("--config", str(self.config), *arguments, around=around, **env)

    def bare(self, *arguments: str, around: Around | None = None, **env: str) -> Said:
        """Run a command that is not told where its configuration is."""
        result = CliRunner().invoke(
            cli,
            arguments,
            obj=around,
            env={name: None for name in os.environ if _is_strange(name)}
            | {"HOME": str(self.folder), **env},
            prog_name="plexsync",
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return self.heard(result.stdout, result.stderr, code=result.exit_code)

    def start(
        self,
        *arguments: str,
        **options: Any,  # noqa: ANN401 - Popen's
    ) -> "subprocess.Popen[str]":
        """Start a command in a process of its own."""
        pipes: dict[str, Any] = {
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": self.environment(),
        }
        command = [sys.executable, "-m", "reconciler", "--config", str(self.config)]
        return subprocess.Popen(  # noqa: S603 - our own command
            [*command, *arguments], cwd=ROOT, text=True, **{**pipes, **options}
        )

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not _is_strange(k)}
        return {**kept, "HOME": str(self.folder), **more}

    def process(self, *arguments: str, **options: Any) -> Said:  # noqa: ANN401 - Popen's
        """Run a command in a process of its own, to its end."""
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(timeout=60)
        return self.heard(out, err, code=process.returncode)

    def done(self, *arguments: str) -> Said:
        """Run a command that has to come off."""
        said = self.run(*arguments)
        assert (said.code, said.errors) == (0, [])
        return said

    def heard(self, out: str | None, err: str | None = "", *, code: int = 0) -> Said:
        """Keep what a command has said."""
        said = Said(code=code, out=out or "", err=err or "")
        self.said.append(said)
        return said

    def _answer(self, request: Request) -> Response:
        self.before_plex(request)
        return self.plex.handle(request)


def _is_strange(name: str) -> bool:
    return name.startswith(_OURS) or name in _STRANGE
