"""When the next publication is due: a file beside the catalog, which is cheap to ask.

Its one line is the moment (ISO 8601, with offset) at which the next embargo ends, or ``never``
where none is on.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

FILE = "due"
NEVER = "never"


def note(state: Path, next_embargo: datetime | None) -> None:
    """Note when the next publication is due, once one is complete."""
    fresh = state / f"{FILE}.new"
    fresh.write_text(f"{next_embargo.isoformat() if next_embargo else NEVER}\n", encoding="utf-8")
    os.replace(fresh, state / FILE)


def moment(state: Path) -> datetime | None:
    """When it is due; None where nothing waits.

    Raises:
        FileNotFoundError: when nothing was published from here.
        ValueError: when the file is not ours.
    """
    text = (state / FILE).read_text(encoding="utf-8").strip()
    found = None if text == NEVER else datetime.fromisoformat(text)
    if found and found.tzinfo is None:
        raise ValueError(text)
    return found
