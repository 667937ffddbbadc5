"""What the scanner makes of the files on the disk.

Files are put on, taken off and renamed first; the server knows of it only after a scan.
"""

from tests.sandbox.plex import items
from tests.sandbox.plex.disk import in_reach, is_there, lies_below
from tests.sandbox.plex.model import Actor, whole
from tests.sandbox.plex.state import Item, Media, Part, Section


class Scanner(Actor):
    @whole
    def add_file(self, file: str, content: str = "") -> None:
        """Put a file on the disk; without *content* it is like no other."""
        self.model.disk[file] = content or file

    @whole
    def remove_file(self, file: str) -> None:
        del self.model.disk[file]

    @whole
    def rename_file(self, old: str, new: str) -> None:
        self.model.disk[new] = self.model.disk.pop(old)

    @whole
    def unmount(self, folder: str) -> None:
        """Take a folder away from the server: nothing below it is found any more."""
        self.model.unmounted.add(folder)

    @whole
    def mount(self, folder: str) -> None:
        self.model.unmounted.discard(folder)

    def add(self, section: int, file: str, content: str = "") -> int:
        """Put a file on the disk, scan it in, and return its item's key."""
        self.add_file(file, content)
        self.scan(section, file)
        return self.key_of(section, file)

    def rename(self, section: int, old: str, new: str) -> int:
        """Rename a file, scan it in, and return the key that its item has then."""
        self.rename_file(old, new)
        self.scan(section)
        return self.key_of(section, new)

    def remove(self, section: int, file: str) -> None:
        self.remove_file(file)
        self.scan(section)

    @whole
    def key_of(self, section: int, file: str) -> int:
        for item in self.model.items_of(section):
            for media in item.media:
                if any(part.file == file for part in media.parts):
                    return item.key
        raise KeyError(f"no item of section {section} holds {file}; scan it in first")

    @whole
    def scan(self, section: int, path: str | None = None) -> None:
        """Bring a section, or the files below *path*, to what is on the disk."""
        scanned = self.model.sections[section]
        if self.model.switches.scan_ignores_path:
            path = None
        found = self._on_disk(scanned, path)
        known = self._known(scanned, path)
        gone = {file: known[file] for file in known.keys() - found.keys()}
        for file in sorted(found.keys() - known.keys()):
            self._take_in(scanned, file, found[file], gone)
        for file in found.keys() & known.keys():
            known[file][0].deleted_at = None
        if not self._is_spared(scanned, path):
            for file in sorted(gone):
                self._miss(*gone[file])
        scanned.scanned_at = self.model.now()
        if self.model.auto_empty_trash:
            self._empty_trash(scanned.key)

    @whole
    def finish_scans(self) -> None:
        """Do the scans that were asked for while `scans_wait` was on."""
        while self.model.scans_due:
            section, path = self.model.scans_due.popleft()
            self.scan(section, path)
            self.model.sections[section].is_scanning = False

    @whole
    def add_version(
        self, key: int, file: str, content: str = "", *, stacked: bool = False
    ) -> None:
        """Give an item another file: a version, or *stacked* the next part of one."""
        self.add_file(file, content)
        item = self.model.items[key]
        media = items.new_media(self.model, file, self.model.disk[file])
        if stacked:
            item.media[0].parts += media.parts
        else:
            item.media.append(media)
        self.model.touch(item.section)

    @whole
    def empty_trash(self, section: int) -> None:
        self._empty_trash(section)

    @whole
    def trash(self, key: int) -> None:
        """Let an item be missed: it stays in listings until the trash is emptied."""
        item = self.model.items[key]
        item.deleted_at = self.model.now()
        self.model.touch(item.section)

    def _on_disk(self, section: Section, path: str | None) -> dict[str, str]:
        is_here = lies_below(*(place for _, place in section.locations))
        is_asked = is_here if path is None else lies_below(path)
        return {
            file: content
            for file, content in in_reach(self.model).items()
            if is_asked(file) and is_here(file)
        }

    def _is_spared(self, section: Section, path: str | None) -> bool:
        """Whether nothing is missed, since what was to be scanned is not there."""
        if not self.model.switches.missing_folder_is_spared:
            return False
        places = [place for _, place in section.locations] if path is None else [path]
        return not all(is_there(self.model, place) for place in places)

    def _known(
        self, section: Section, path: str | None
    ) -> dict[str, tuple[Item, Media, Part]]:
        is_asked = lies_below(path or "")
        return {
            part.file: (item, media, part)
            for item in self.model.items_of(section.key)
            for media in item.media
            for part in media.parts
            if path is None or is_asked(part.file)
        }

    def _take_in(
        self,
        section: Section,
        file: str,
        content: str,
        gone: dict[str, tuple[Item, Media, Part]],
    ) -> None:
        """Recognise a file that was renamed, or make an item of a new one."""
        if self.model.switches.rename_keeps_rating_key:
            for old, (item, _, part) in gone.items():
                if part.content == content:
                    part.file = file
                    item.deleted_at = None
                    del gone[old]
                    self.model.touch(section.key)
                    return
        items.new_item(
            self.model, section, [items.new_media(self.model, file, content)]
        )

    def _miss(self, item: Item, media: Media, part: Part) -> None:
        if len(item.parts) > 1:
            media.parts.remove(part)
            item.media = [media for media in item.media if media.parts]
        elif item.deleted_at is None:
            item.deleted_at = self.model.now()
        self.model.touch(item.section)

    def _empty_trash(self, section: int) -> None:
        for item in self.model.items_of(section):
            if item.deleted_at is not None:
                items.drop(self.model, item)
