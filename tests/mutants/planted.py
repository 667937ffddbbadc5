"""All bugs that are planted."""

from tests.mutants.braked import BRAKED
from tests.mutants.feared import FEARED
from tests.mutants.required import REQUIRED

PLANTED = (*REQUIRED, *FEARED, *BRAKED)

__all__ = ["PLANTED", "REQUIRED"]
