"""The desk, and what no command may ever do."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.cli.desk import KEY, TOKEN, WRONG, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a desk; at the end, look for secrets and tracebacks in all it heard."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()
    for said in desk.said:
        for stream in (said.out, said.err):
            assert "Traceback" not in stream
            assert "Exception ignored" not in stream
            assert not any(secret in stream for secret in (TOKEN, KEY, WRONG))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    for handler in [each for each in root.handlers if each not in handlers]:
        root.removeHandler(handler)
    root.setLevel(level)
    structlog.reset_defaults()
