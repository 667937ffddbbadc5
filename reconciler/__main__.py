"""The console script, and `python -m reconciler`."""

import importlib
import signal


def main() -> None:
    """Run the command line.

    Until it is read in, nothing is held and an interrupt simply ends the process.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    importlib.import_module("reconciler.cli.main").main()


if __name__ == "__main__":
    main()
