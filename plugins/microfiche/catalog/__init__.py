"""What the archive knows: one SQLite file beside the output, disposable at any time.

All SQL of the project is in this package:

- the file: ``schema`` (tables), ``database`` (opening and sealing it), ``store`` (it open for
  writing: what reading brings), ``memory`` (what is remembered of the content folder)
- what follows: ``notes`` (what changed), ``delta`` (what follows from it), ``identities``,
  ``ladders`` (broader topics), ``vocabulary`` (what is said of terms), ``ledger``, ``work``
  (outputs and jobs)
- what pages ask: ``queries``, and beside it a module a question: ``terms``, ``files``, ``almanac``
  and so on
- what others ask: ``findings`` (checks), ``totals`` (accounts), ``outputs`` (people)
"""

from __future__ import annotations

from microfiche.catalog.database import discard, open_reader, reading
from microfiche.catalog.queries import Catalog
from microfiche.catalog.store import Store, open_store

__all__ = ["Catalog", "Store", "discard", "open_reader", "open_store", "reading"]
