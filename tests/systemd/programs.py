"""Other people's programs, run to their end."""

import subprocess


def run(
    *command: str, given: str = "", within: float = 600.0
) -> "subprocess.CompletedProcess[str]":
    """Run a program, whatever it comes to."""
    return subprocess.run(  # noqa: S603 - what a test wants to be run
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=within,
    )


def done(*command: str, given: str = "", within: float = 600.0) -> str:
    """Run a program that has to come off; return what it says."""
    ended = run(*command, given=given, within=within)
    said = ended.stdout[-2000:] + ended.stderr[-2000:]
    assert ended.returncode == 0, f"{' '.join(command)}: {said}"
    return ended.stdout
