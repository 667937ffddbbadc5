"""All bugs that are planted."""

from tests.mutants.feared import FEARED
from tests.mutants.required import REQUIRED

PLANTED = (*REQUIRED, *FEARED)

__all__ = ["PLANTED", "REQUIRED"]
