"""All operations, in the order in which a real Stash is put through them."""

from tests.seeing import of_all, of_entities, of_files, of_scenes

OPERATIONS = (
    *of_scenes.OPERATIONS,
    *of_entities.OPERATIONS,
    *of_files.OPERATIONS,
    *of_all.OPERATIONS,
)
