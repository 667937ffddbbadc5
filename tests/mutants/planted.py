"""All bugs that are planted."""

from tests.mutants.asked import ASKED
from tests.mutants.braked import BRAKED
from tests.mutants.buried import BURIED
from tests.mutants.feared import FEARED
from tests.mutants.required import REQUIRED
from tests.mutants.restored import RESTORED
from tests.mutants.rude import RUDE
from tests.mutants.unseen import UNSEEN

PLANTED = (
    *REQUIRED,
    *FEARED,
    *BRAKED,
    *UNSEEN,
    *ASKED,
    *BURIED,
    *RUDE,
    *RESTORED,
)

__all__ = ["PLANTED", "REQUIRED"]
