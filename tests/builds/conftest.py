"""What makes many small builds in one process quick and parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jinja2.meta
import pytest

from microfiche import intake, render
from microfiche.pages import api, history
from microfiche.templating import ViewEnvironment


@pytest.fixture(scope="session", autouse=True)
def kept_templates() -> Iterator[None]:
    """Compile each template text once: thousands of builds here have the same ones.

    What becomes of a template depends on its text, its name, the language of its words, and the
    environment's options, which are the same for all.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ("parse", "compile"):
            patch.setattr(jinja2.Environment, name, _kept(getattr(jinja2.Environment, name)))
        patch.setattr(jinja2.meta, "find_referenced_templates", _listed())
        yield


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[object, Any] = {}

    def call(self: jinja2.Environment, source: Any, *rest: Any, **more: Any) -> Any:
        words = self.words.digest if isinstance(self, ViewEnvironment) else b""
        key = (words, source, rest, tuple(more.items()))
        if key not in made:
            made[key] = function(self, source, *rest, **more)
        return made[key]

    return call


def _listed() -> Callable[[Any], list[str | None]]:
    original = jinja2.meta.find_referenced_templates
    made: dict[int, list[str | None]] = {}  # all trees are kept, so that none has another's id

    def call(tree: Any) -> list[str | None]:
        if id(tree) not in made:
            made[id(tree)] = list(original(tree))
        return made[id(tree)]

    return call


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that even a small archive is work for several workers, and a month has several parts."""
    monkeypatch.setattr(intake, "BATCH", 2)
    monkeypatch.setattr(render, "BATCH", 8)
    monkeypatch.setattr(history, "PART", 2)
    monkeypatch.setattr(api, "PART", 2)
