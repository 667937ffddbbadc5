"""What every table of the file has in common."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file; a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
