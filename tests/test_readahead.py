"""What lies around places of an ordered list, whatever was asked before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from microfiche.catalog.readahead import ReadAhead

Key = tuple[int]


@given(
    st.sets(st.integers(0, 60)),
    st.lists(st.integers(-1, 61), max_size=40),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_it_is_what_the_list_has(held: set[int], asked: list[int], back: int, on: int) -> None:
    """The nearest rows before and after a place, in the list's order."""
    rows = sorted(held)

    def before(_: str, key: Key, count: int) -> list[tuple[Key, int]]:
        found = [row for row in reversed(rows) if (row,) < key]
        return [((row,), row) for row in found[:count]]

    def onward(_: str, key: Key, count: int) -> list[tuple[Key, int]]:
        return [((row,), row) for row in rows if (row,) >= key][:count]

    reading = ReadAhead(before, onward, back, on)
    for place in asked:
        found = reading.around("list", (place,))
        earlier = [row for row in rows if row < place]
        assert found == (earlier[-back:], [row for row in rows if row > place][:on])


def test_a_list_read_in_order_is_asked_for_seldom() -> None:
    """Each time twice as much is read as the time before, as far as memory allows."""
    asked = []

    def onward(_: str, key: Key, count: int) -> list[tuple[Key, int]]:
        asked.append(key)
        return [((row,), row) for row in range(key[0], min(1000, key[0] + count))]

    reading = ReadAhead(lambda _name, _key, _count: [], onward, 1, 1)
    for place in range(1000):
        reading.around("list", (place,))
    assert asked[:5] == [(0,), (2,), (6,), (14,), (30,)]
    assert len(asked) < 1000 / 25
