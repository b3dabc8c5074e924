"""How much one story may take, so that none swells the archive or holds up a build."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

BODY_LIMIT = 2_000_000
"""Characters of a story's markup."""
HTML_LIMIT = 10 * BODY_LIMIT
"""Characters of the HTML that it becomes."""
TAG_LIMIT = 100
"""Tags of one story; bylines and sources too."""
TITLE_LIMIT = 1000
"""Characters of a headline."""
TEXT_LIMIT = 10_000
"""Characters of any other header."""


class OutOfTime(BaseException):
    """A story took longer than it may; not an Exception, so that no reader swallows it."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Stop what runs inside after so many seconds of processor time.

    Raises:
        OutOfTime: when they have passed.
    """
    over = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal over
        over = True
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    if over:  # raised where it could not go up: in a function that a library called
        raise OutOfTime
