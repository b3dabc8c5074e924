"""Scan and read, put together: the catalog brought in step with the sources."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from microfiche import read, vocabulary, workers, write
from microfiche.catalog import Store, delta, open_reader
from microfiche.catalog.vocabulary import take_up
from microfiche.catalog.work import Work
from microfiche.errors import BrokenStoriesError, Unreadable
from microfiche.publish import ledger
from microfiche.report import Report
from microfiche.scan import VOCABULARY, Scan
from microfiche.slugs import Slugger
from microfiche.workers import Crew, Orders

BATCH = 64
_FEW_OUTPUTS = 5_000


def take_in(store: Store, crew: Crew, orders: Orders, report: Report) -> int:
    """Read what changed into the catalog; how many sources that were."""
    settings = orders.settings
    with store.transaction():
        _prepare(store, orders)
    lost = _begin_inspection(store, crew, orders)
    scanned = time.time_ns()
    changed = 0
    memory = store.remembered()
    scan = Scan(settings.content, settings.folders, memory)
    with store.transaction(), report.progress("reading", None) as steps:
        for entries in crew.run(read.read_batch, workers.batched(scan, BATCH)):
            store.add(entries, scanned)
            changed += sum(not entry.reading.unchanged for entry in entries)
            steps.advance(len(entries))
        for path in scan.gone:
            store.remove(path)
        store.memory.keep_folders(scan.folders)
        store.memory.forget_folders(scan.gone)
        memory.close()
        ledger.load(store, settings.content)
        delta.settle(store, int(settings.as_of.timestamp()), settings.today)
        Work(store).distrust(lost())
    return changed + len(scan.gone)


def _prepare(store: Store, orders: Orders) -> None:
    """Have everything read and planned where the catalog is new or reading means something else."""
    state = orders.settings.state
    store.set_meta("content", str(orders.settings.content))
    if store.fresh:
        for pack in (state / "bodies").glob("*.pack"):
            pack.unlink()
        store.set_meta("everything", "1")
        Work(store).adopt(write.remembered(state))
    reading = reading_digest(orders)
    if not orders.settings.output.exists():
        store.set_meta("everything", "1")
        Work(store).distrust_all()
    if store.meta("reading") != reading:
        store.memory.read_all_anew()
        store.set_meta("reading", reading)
    _take_up_vocabulary(store, orders, reading)


def _take_up_vocabulary(store: Store, orders: Orders, reading: str) -> None:
    """Bring the catalog in step with the vocabulary, before a story is read by it.

    Raises:
        BrokenStoriesError: where nothing in it can be relied on.
    """
    settings = orders.settings
    try:
        data = vocabulary.read(settings.content)
        state = hashlib.blake2b(reading.encode() + data, digest_size=16).hexdigest()
        if store.meta("vocabulary") == state:
            return
        found = vocabulary.NONE
        if data:
            reader = read.Reader(settings.content, settings.reading, orders.pelican)
            passage = partial(reader.passage, VOCABULARY)
            found = vocabulary.parse(data, Slugger(settings.reading.slugs), passage)
    except Unreadable as error:
        raise BrokenStoriesError(error.problems) from None
    take_up(store, VOCABULARY, found.entries, found.spellings, found.pictures)
    store.put_problems(VOCABULARY, found.problems)
    store.set_meta("vocabulary", state)


def _begin_inspection(store: Store, crew: Crew, orders: Orders) -> Callable[[], list[str]]:
    """Have the output looked over, beside the scan where it is large."""
    inspection = (orders.settings.output, orders.settings.state / "catalog.sqlite")
    if Work(store).outputs() < _FEW_OUTPUTS:
        return partial(inspect_output, inspection)
    return crew.beside(inspect_output, inspection)


def inspect_output(inspection: tuple[Path, Path]) -> list[str]:
    """Outputs that are missing or have another size than we gave them, or whose twins do."""
    output, catalog_file = inspection
    db = open_reader(catalog_file)
    rows = db.execute(
        "SELECT path, size, path FROM output WHERE view IS NOT NULL "
        "UNION ALL SELECT path, size, page FROM twin"
    )
    prefix = f"{output}{os.sep}"
    lost = []
    for path, size, output_path in rows:
        try:
            if os.stat(prefix + path, follow_symlinks=False).st_size != size:
                lost.append(output_path)
        except OSError:
            lost.append(output_path)
    db.close()
    return lost


def reading_digest(orders: Orders) -> str:
    """The digest of all but the sources that decides what reading gives."""
    settings = (orders.settings.reading, orders.settings.folders)
    data = orders.program + msgspec.msgpack.encode(settings, enc_hook=_described)
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _described(value: Any) -> object:
    """What stands in MARKDOWN beside plain data: extension objects with their configuration."""
    configured = getattr(value, "getConfigs", None)
    return [type(value).__module__, type(value).__qualname__, configured() if configured else ""]
