"""What the catalog remembers of the content folder, from one build to the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from microfiche.scan import Known


class Remembered:
    """What the last build remembers of the content folder.

    It is read over a connection of its own, which does not see what this build changes meanwhile.
    """

    def __init__(self, reader: sqlite3.Connection | None) -> None:
        self._reader = reader

    def close(self) -> None:
        """Close the connection."""
        if self._reader:
            self._reader.close()

    def folders(self) -> dict[str, bytes | None]:
        """Every folder with a file in it, by path, and the digest of its listing."""
        if not self._reader:
            return {}
        return dict(self._reader.execute("SELECT path, digest FROM folder"))

    def files(self, folder: str) -> dict[str, Known]:
        """The files that lie in a folder, by path."""
        if not self._reader:
            return {}
        rows = self._reader.execute(
            "SELECT path, kind, size, mtime, ctime, inode, digest FROM source WHERE folder = ?",
            (folder,),
        )
        return {row[0]: Known._make(row) for row in rows}


def folder_of(path: str) -> str:
    """The folder that a source lies in, as a scan names it: ``""`` or ending in a slash."""
    return path[: path.rfind("/") + 1]


class Memory:
    """What the next build is to remember of the content folder."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep_folders(self, folders: Mapping[str, bytes]) -> None:
        """Remember listings, but not of folders with a source that has to be looked at again."""
        self._db.executemany("REPLACE INTO folder VALUES (?, ?)", folders.items())
        self._db.execute(
            "UPDATE folder SET digest = NULL WHERE path IN "
            "(SELECT folder FROM source WHERE mtime = -1)"
        )

    def forget_folders(self, paths: Iterable[str]) -> None:
        """Forget the folders of sources that are gone, where no other source is left in them."""
        for folder in {folder_of(path) for path in paths}:
            self._db.execute(
                "DELETE FROM folder WHERE path = ?1 "
                "AND NOT EXISTS (SELECT 1 FROM source WHERE folder = ?1)",
                (folder,),
            )

    def read_all_anew(self) -> None:
        """Have every source read anew: what reading means has changed."""
        self._db.execute("UPDATE source SET digest = NULL, mtime = -1")
        self._db.execute("UPDATE folder SET digest = NULL")

    def read_anew(self, path: str) -> None:
        """Have a source read anew, though it is what it was."""
        self._db.execute("UPDATE source SET digest = NULL, mtime = -1 WHERE path = ?", (path,))
        self._db.execute("UPDATE folder SET digest = NULL WHERE path = ?", (folder_of(path),))
