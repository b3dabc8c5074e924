"""What makes many small builds in one process quick and parallel."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import jinja2
import pytest

from microfiche import intake, render


@pytest.fixture(scope="session", autouse=True)
def kept_templates() -> Iterator[None]:
    """Compile each template text once: thousands of builds here have the same ones.

    What a template compiles to depends on its text, its name and the environment's options, which
    are the same for all.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("parse", "compile"):
            patch.setattr(jinja2.Environment, name, _remembering(getattr(jinja2.Environment, name)))
        yield


def _remembering(function):
    found = {}

    def call(self, source, *rest, **more):
        key = (source, rest, tuple(more.items()))
        if key not in found:
            found[key] = function(self, source, *rest, **more)
        return found[key]

    return call


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that even a small archive is work for several workers."""
    monkeypatch.setattr(intake, "BATCH", 2)
    monkeypatch.setattr(render, "BATCH", 8)
