"""Where an archive can be published: one module a kind of target."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from microfiche.publish.targets.target import Surroundings, Target, refused

FORMS = {
    "folder": "folder:PATH",
    "rsync": "rsync:HOST:PATH",
    "s3": "s3:BUCKET/PREFIX",
    "git": "git:REMOTE#BRANCH",
    "rclone": "rclone:REMOTE:PATH",
}
"""How each kind of target is written."""

_UNSEEN = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def target(text: str, around: Surroundings) -> Target:
    """The target that a text names; nothing is asked of it yet.

    Raises:
        TargetError: for a text that names none, or what the target needs and is not installed.
    """
    kind, colon, place = text.partition(":")
    if _UNSEEN.search(text):
        raise refused(text, "a target has no line breaks and no control characters", _written())
    if not colon or kind not in FORMS:
        raise refused(text, "there is no such target", _meant(kind, colon, place))
    if not place or place.startswith("-"):
        what = "it names no place" if not place else "what follows the colon begins with a hyphen"
        raise refused(text, what, f"write {FORMS[kind]}")
    return _makers()[kind](text, place, around)


def _makers() -> dict[str, Callable[[str, str, Surroundings], Target]]:
    from microfiche.publish.targets import folder, git, rclone, rsync, s3

    return {
        "folder": folder.target,
        "rsync": rsync.target,
        "s3": s3.target,
        "git": git.target,
        "rclone": rclone.target,
    }


def _meant(kind: str, colon: str, place: str) -> str:
    close = difflib.get_close_matches(kind.lower(), FORMS, 1)
    if colon and close:
        return f"did you mean {close[0]}:{place}?"
    return _written()


def _written() -> str:
    *most, last = FORMS.values()
    return f"write {', '.join(most)} or {last}"
