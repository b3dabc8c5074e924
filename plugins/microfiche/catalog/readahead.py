"""What lies around places of an ordered list, read a stretch at a time.

Pages are made in the order of their dates, mostly: who asks what lies around one place asks for the
next one soon. So what follows is read ahead, as kernels do with files: little at first, and twice
as much each time that the reading goes on where it stopped.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=tuple[object, ...])
Row = TypeVar("Row")

_LITTLE = 2
_MUCH = 32
_LISTS = 8192


class _Stretch(NamedTuple, Generic[Key, Row]):
    """A part of a list, in order; whether it holds the list's first and its last."""

    keys: Sequence[Key]
    rows: Sequence[Row]
    first: bool
    last: bool
    ahead: int


class ReadAhead(Generic[Key, Row]):
    """Looks around places of lists, each known by a name.

    ``before`` and ``onward`` read a number of a list's rows with their keys: those before a key,
    the nearest first, and those from the key on, in order.
    """

    def __init__(
        self,
        before: Callable[[str, Key, int], Sequence[tuple[Key, Row]]],
        onward: Callable[[str, Key, int], Sequence[tuple[Key, Row]]],
        back: int,
        on: int,
    ) -> None:
        """``back`` and ``on`` are how many rows before and after a place are wanted."""
        self._before = before
        self._onward = onward
        self._back = back
        self._on = on
        self._stretches: dict[str, _Stretch[Key, Row]] = {}

    def around(self, name: str, key: Key) -> tuple[Sequence[Row], Sequence[Row]]:
        """The rows before a place and after it, in order; fewer where the list ends."""
        stretch = self._stretches.get(name)
        found = self._within(stretch, key) if stretch else None
        if found is None:
            stretch = self._read(name, key, stretch)
            found = self._within(stretch, key)
            assert found is not None, key
        return found

    def _within(
        self, stretch: _Stretch[Key, Row], key: Key
    ) -> tuple[Sequence[Row], Sequence[Row]] | None:
        """The rows around a key, None where the stretch does not hold them all."""
        keys, rows, first, last, _ = stretch
        start, end = bisect_left(keys, key), bisect_right(keys, key)
        if (start < self._back and not first) or (end + self._on > len(rows) and not last):
            return None
        return rows[max(0, start - self._back) : start], rows[end : end + self._on]

    def _read(self, name: str, key: Key, known: _Stretch[Key, Row] | None) -> _Stretch[Key, Row]:
        """Read around a key; ``known`` is what was read of the list the last time."""
        goes_on = known and known.keys and known.keys[0] <= key <= known.keys[-1]
        ahead = min(2 * known.ahead, _MUCH) if known and goes_on else _LITTLE
        if len(self._stretches) >= _LISTS:
            self._stretches.clear()
        before = self._before(name, key, self._back)
        onward = self._onward(name, key, ahead + self._on)
        found = [*reversed(before), *onward]
        self._stretches[name] = stretch = _Stretch(
            [each for each, _ in found],
            [row for _, row in found],
            len(before) < self._back,
            len(onward) < ahead + self._on,
            ahead,
        )
        return stretch
