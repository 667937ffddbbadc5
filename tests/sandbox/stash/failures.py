"""What an operation of the double refuses with; the text is what the API tells."""

NO_ROWS = "sql: no rows in result set"


class StashError(Exception):
    """The operation failed, and nothing of it was kept."""


class PanicError(StashError):
    """The real server panics here, and its recovery tells so."""

    def __str__(self) -> str:
        return f"Internal system error. Error <{super().__str__()}>"
