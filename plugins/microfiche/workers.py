"""Who does the work: this process for a little of it, worker processes for much.

Work goes through the ``concurrent.futures.Executor`` interface in batches; what a batch needs
beside itself (settings and versions) reaches a worker once, when it starts.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple, Protocol, TypeVar

from microfiche.errors import Problem, WorkerLostError
from microfiche.settings import Settings

Batch = TypeVar("Batch")
Result = TypeVar("Result")
Tool = TypeVar("Tool", bound="Closing")

_WINDOW = 4
"""Batches in hand for each worker: enough to keep it busy, too few to fill the memory."""


class Orders(NamedTuple):
    """What a worker is told when it starts.

    ``pelican`` is Pelican's own settings, ``program`` the digest of this program and its libraries.
    """

    settings: Settings
    pelican: Mapping[str, Any]
    program: bytes


class Closing(Protocol):
    """What lets go of its files when a build ends."""

    def close(self) -> None:
        """Let go of them."""


class Station:
    """Where a worker keeps what it made once: its reader, its renderer, its number."""

    orders: Orders
    number: int = 0
    tools: dict[str, Any]  # all Closing


station = Station()
station.tools = {}


class Crew:
    """Runs functions over batches, here or in workers; results come in the order of batches.

    Raises:
        WorkerLostError: at its end, when a worker was killed.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._jobs = orders.settings.jobs
        self._executor: ProcessPoolExecutor | None = None
        _take_up(orders, 0)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._executor:
            self._executor.shutdown(cancel_futures=True)
        for made in station.tools.values():
            made.close()
        station.tools = {}
        if isinstance(error, BrokenProcessPool):
            what = "a worker process was killed, perhaps for want of memory"
            remedy = "build again; with fewer workers (ARCHIVE_JOBS) if it happens again"
            raise WorkerLostError([Problem("", 0, what, remedy)]) from None

    def run(
        self, function: Callable[[Batch], Result], batches: Iterable[Batch]
    ) -> Iterator[Result]:
        """Apply ``function`` to every batch; a single batch is not worth a worker."""
        batches = iter(batches)
        first = list(islice(batches, 2))
        if self._jobs == 1 or len(first) < 2:
            yield from map(function, chain(first, batches))
        else:
            yield from self._spread(function, chain(first, batches))

    def beside(self, function: Callable[[Batch], Result], batch: Batch) -> Callable[[], Result]:
        """Begin a piece of work in a worker and go on; the answer is asked for later."""
        if self._jobs == 1:
            return partial(function, batch)
        executor = self._executor = self._executor or self._hire()
        return executor.submit(function, batch).result

    def _spread(
        self, function: Callable[[Batch], Result], batches: Iterable[Batch]
    ) -> Iterator[Result]:
        executor = self._executor = self._executor or self._hire()
        waiting: deque[Future[Result]] = deque()
        for batch in batches:
            waiting.append(executor.submit(function, batch))
            if len(waiting) >= _WINDOW * self._jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _hire(self) -> ProcessPoolExecutor:
        # Forking is quick and needs no second import of Pelican; macOS forbids it in effect.
        forking = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
        context = multiprocessing.get_context("fork" if forking else "spawn")
        return ProcessPoolExecutor(
            self._jobs, context, _enter, (self._orders, context.Value("i", 0))
        )


def batched(items: Iterable[Batch], size: int) -> Iterator[Sequence[Batch]]:
    """The items in lists of at most ``size``."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def tool(name: str, make: Callable[[Orders], Tool]) -> Tool:
    """What this worker made once for a build, made now if it has not been."""
    if name not in station.tools:
        station.tools[name] = make(station.orders)
    found: Tool = station.tools[name]
    return found


def _take_up(orders: Orders, number: int) -> None:
    station.orders = orders
    station.number = number
    station.tools = {}


def _enter(orders: Orders, counter: Any) -> None:
    """Begin as a worker: take a number, and end when the parent does."""
    with counter.get_lock():
        counter.value += 1
        _take_up(orders, counter.value)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
