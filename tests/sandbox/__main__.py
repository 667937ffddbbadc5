"""Runs both doubles for another process: `python -m tests.sandbox serve --scenes 200`.

One line of JSON says where they are; they run until SIGTERM or SIGINT.
"""

import argparse
import json
import signal
import sys
import threading

from tests.sandbox.control import serve_plex, serve_stash
from tests.sandbox.library import LIBRARY, PLEX_ROOT, STASH_ROOT, sandbox

EDITING = """\
Edit a scene or an item by hand, at the addresses that the line of JSON says:

  STASH_URL=...   what it says as "stash_url"
  PLEX_URL=...    what it says as "plex_url"

  curl $STASH_URL/sandbox/edit \\
       -d '{"do": "update_scene", "args": [1], "with": {"title": "Ice"}}'
  curl $PLEX_URL/sandbox/edit \\
       -d '{"do": "person.edit", "args": [101], "with": {"title": "Mine"}}'

What there is: `curl $STASH_URL/sandbox/items` (the files of each scene) and
`curl $PLEX_URL/sandbox/items` (each item's key, fields and locks). What can be done:
the public methods of StashModel, in tests/sandbox/stash/ (scenes.py has update_scene
and destroy_scenes; entities.py, tags.py, files.py and scans.py have others); and, on
Plex, of its actors, each in tests/sandbox/plex/: person, scanner, moves, agent.

Have a server fail, and answer again: Plex refuses titles; Stash is not there:

  curl $PLEX_URL/sandbox/fault \\
       -d '{"what": "answered", "status": 400, "method": "PUT", "about": "title"}'
  curl $STASH_URL/sandbox/fault \\
       -d '{"what": "reset before"}'
  curl -X POST $PLEX_URL/sandbox/mend; curl -X POST $STASH_URL/sandbox/mend

What can go wrong is in tests/sandbox/faults.py, as What.
"""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    both = sandbox(given.scenes, given.seed)
    with (
        serve_stash(both.stash, given.stash_port) as stash,
        serve_plex(both.plex, given.plex_port) as plex,
    ):
        ready = {
            "stash_url": stash.url,
            "plex_url": plex.url,
            "plex_token": both.plex.model.token,
            "library": LIBRARY,
            "paths": {"stash": STASH_ROOT, "plex": PLEX_ROOT},
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sandbox",
        epilog=EDITING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser(
        "serve",
        help="run a Stash and a Plex",
        epilog=EDITING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--scenes", type=int, default=200)
    serve.add_argument("--seed", type=int, default=1)
    serve.add_argument("--stash-port", type=int, default=0)
    serve.add_argument("--plex-port", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
