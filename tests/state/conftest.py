"""A ledger on a real file, and a user whom the file system may refuse."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from state.ledger import Ledger
from tests.state.samples import MIGRATIONS

Demoted = Callable[[], contextlib.AbstractContextManager[None]]

_NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a state that is not there yet."""
    return tmp_path / "plexsync.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """Open a new ledger."""
    with Ledger(path) as opened:
        yield opened


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user reaches; pytest's are for its own user alone."""
    folder = Path(tempfile.mkdtemp(prefix="plexsync-tests-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def as_nobody() -> Demoted:
    """Be a user whom modes bind, as root is not."""

    @contextlib.contextmanager
    def demoted() -> Iterator[None]:
        before = os.geteuid()
        if before == 0:
            os.seteuid(_NOBODY)
        try:
            if not os.access(MIGRATIONS, os.R_OK | os.X_OK, effective_ids=True):
                pytest.skip("other users cannot read this checkout")
            yield
        finally:
            os.seteuid(before)

    return demoted
