"""`make demo`: the main job against the sandbox, over real HTTP, with the real command.

Ends with an error if anything shown is not as it says.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.sandbox.control import serve_plex, serve_stash
from tests.sandbox.library import LIBRARY, PLEX_ROOT, STASH_ROOT, Sandbox, sandbox
from tests.sandbox.plex.double import Snapshot
from tests.sandbox.server import Server

SCENES = 60
SHOWN = 3

_CONFIG = """\
[stash]
url = "{stash}"

[plex]
url = "{plex}"
token_file = "{token}"
libraries = ["{library}"]
backup = false   # nobody would miss this Plex, and a backup is waited for

[state]
path = "{state}"

[[paths]]
stash = "{stash_root}"
plex = "{plex_root}"
"""


class Demo:
    """A sandbox, a configuration for it, and a screen."""

    def __init__(self, folder: Path, both: Sandbox, plex: Server) -> None:
        self.both, self.plex = both, plex
        self.screen = Console(highlight=False)
        self._config = folder / "plexsync.toml"

    def configure(self, stash: Server) -> None:
        """Write what a user would write."""
        token = self._config.with_name("plex_token")
        token.touch(mode=0o600)
        token.write_text(self.both.plex.model.token, encoding="utf-8")
        text = _CONFIG.format(
            stash=stash.url,
            plex=self.plex.url,
            token=token,
            library=LIBRARY,
            state=self._config.with_name("state.db"),
            stash_root=STASH_ROOT,
            plex_root=PLEX_ROOT,
        )
        self._config.write_text(text, encoding="utf-8")

    def say(self, text: str) -> None:
        """Say what comes next."""
        self.screen.print(f"\n[bold]{text}[/bold]")

    def run(self, *words: str) -> int:
        """Run the command as a user would; return how many PUTs reached Plex."""
        self.screen.print(f"$ plexsync {' '.join(words)}", style="cyan")
        self.screen.file.flush()
        before = self.plex.counts["put"]
        command = [sys.executable, "-m", "reconciler", "--config", str(self._config)]
        environ = {k: v for k, v in os.environ.items() if k[:9] != "PLEXSYNC_"}
        # the words are the demo's own
        subprocess.run([*command, *words], check=True, env=environ)  # noqa: S603 - see above
        return self.plex.counts["put"] - before

    def show_items(self) -> None:
        """Show some items as Plex has them now."""
        table = Table(box=None, title="in Plex", title_justify="left")
        for heading in ("title", "date", "genres", "actors"):
            table.add_column(heading, ratio=1, overflow="fold")
        for item in self._items():
            table.add_row(
                item.values["title"],
                item.values.get("originallyAvailableAt", "-"),
                ", ".join(item.tags.get("genre", ())) or "-",
                ", ".join(item.tags.get("actor", ())) or "-",
            )
        self.screen.print(table)

    def _items(self) -> list[Snapshot]:
        """Take the items of the first few scenes, the edited one among them."""
        stash, plex = self.both.stash.model, self.both.plex
        files = [stash.paths_of(scene)[0] for scene in range(1, SHOWN + 1)]
        paths = [file.replace(STASH_ROOT, PLEX_ROOT, 1) for file in files]
        keys = [plex.scanner.key_of(self.both.section, path) for path in paths]
        return [plex.snapshot_of(key) for key in keys]


def main() -> int:
    """Show it all; return 1 if something is not as it says."""
    both = sandbox(SCENES, 7)
    with (
        tempfile.TemporaryDirectory(prefix="plexsync-demo-") as folder,
        serve_stash(both.stash) as stash,
        serve_plex(both.plex) as plex,
    ):
        demo = Demo(Path(folder), both, plex)
        demo.configure(stash)
        return _play(demo)


def _play(demo: Demo) -> int:
    demo.say(f"A Stash that knows {SCENES} scenes, a Plex that knows their file names.")
    demo.show_items()
    demo.say("Do both answer, and which scenes have an item in Plex?")
    demo.run("check")
    demo.say("What would be done? Nothing is written for this.")
    planned = demo.run("plan", "--limit", "2")
    demo.say("Then do it.")
    demo.run("reconcile", "--count-requests")
    demo.show_items()
    demo.say("Once more: nothing has changed, so nothing is written.")
    again = demo.run("reconcile", "--count-requests")
    demo.say("Somebody edits one title in Stash. One PUT brings it over.")
    demo.both.stash.model.update_scene(1, title="Drifting Heron of Skye, restored")
    edited = demo.run("reconcile", "--count-requests")
    demo.show_items()
    demo.say("A performer is renamed. Stash marks no scene as changed; it comes over.")
    acting = _rename_a_performer(demo.both)
    renamed = demo.run("reconcile", "--count-requests")
    demo.show_items()
    puts = {"plan": planned, "second reconcile": again, "after one edit": edited}
    expected = {"plan": 0, "second reconcile": 0, "after one edit": 1}
    puts["after a rename"], expected["after a rename"] = renamed, acting
    demo.say(
        "PUTs that reached Plex: " + ", ".join(f"{k} {v}" for k, v in puts.items())
    )
    return 0 if puts == expected else 1


def _rename_a_performer(both: Sandbox) -> int:
    """Rename the first performer; say how many items of Plex have her."""
    performer, name = next(
        (row.id, row.name) for row in both.stash.model.performers.values()
    )
    both.stash.model.update_performer(performer, name=f"{name}-Fenn")
    items = both.plex.snapshot().values()
    return sum(name in item.tags.get("actor", ()) for item in items)


if __name__ == "__main__":
    sys.exit(main())
