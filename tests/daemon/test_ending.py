"""A daemon that nobody has told to stop does not end as if it were done."""

import signal
from collections.abc import Iterator

import pytest

from reconciler.clock import Clock
from reconciler.config.loading import load
from reconciler.daemon.running import Daemon, EndedError
from reconciler.daemon.systemd import Notifier
from tests.cli.conftest import desk as desk  # noqa: PLC0414 - the fixture itself
from tests.cli.desk import Desk


@pytest.fixture
def _signals_as_they_were() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.mark.usefixtures("_signals_as_they_were")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_is_gone_ends_it_as_a_failure(desk: Desk) -> None:
    """What has failed is started anew by systemd, what has come to its end is not."""

    def broken() -> str:
        raise ArithmeticError("a fault of our own")

    config = load(desk.config, {})
    daemon = Daemon(
        config=config,
        load=lambda: config,
        clock=Clock(),
        mounts=broken,
        notifier=Notifier(),
    )

    with pytest.raises(EndedError, match="report"):
        daemon.run()
