"""What the archive knows: one SQLite file beside the output, disposable at any time.

All SQL of the project is in this package: ``schema`` (tables), ``store`` (what reading brings),
``delta`` (what follows from it), ``work`` (outputs and jobs), ``ladders`` (broader topics),
``vocabulary`` (what is said of terms), ``queries`` (what pages ask) and
``outputs`` (what people ask).
"""

from __future__ import annotations

from microfiche.catalog.queries import Catalog
from microfiche.catalog.store import Store, discard, open_reader, open_store, reading

__all__ = ["Catalog", "Store", "discard", "open_reader", "open_store", "reading"]
