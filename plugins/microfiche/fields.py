"""The headers of one source as they are asked for, with what is found wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

from microfiche.errors import Problem, Severity
from microfiche.headers import KNOWN, LISTS, misspelt
from microfiche.limits import TEXT_LIMIT
from microfiche.records import Header

_FORMS = {
    "rst": ":{}: {}",
    "html": '<meta name="{}" content="{}">',
    "htm": '<meta name="{}" content="{}">',
}


class Fields:
    """The headers of one source, with what is wrong with them."""

    def __init__(self, path: str, defaults: Mapping[str, str], own: list[Header]) -> None:
        self.path = path
        self.own = own
        self.problems: list[Problem] = []
        self.broken = False
        named = {header.name for header in own}
        given = [Header(name, value, 0) for name, value in defaults.items() if name not in named]
        self._by_name: dict[str, list[Header]] = {}
        for header in [*given, *own]:
            self._by_name.setdefault(header.name, []).append(header)

    def all(self, name: str) -> list[Header]:
        """Every header of this name, the configuration's where the source has none."""
        return self._by_name.get(name, [])

    def get(self, name: str) -> str:
        """The value of the first, empty where there is none."""
        found = self._by_name.get(name)
        return found[0].value.strip() if found else ""

    def items(self, name: str) -> list[str]:
        """The parts of a list header; semicolons part them if there is one, else commas do."""
        parts = []
        for header in self.all(name):
            parts += header.value.split(";" if ";" in header.value else ",")
        return [part.strip() for part in parts if part.strip()]

    def check_lengths(self) -> None:
        """Texts must not swell every list that shows the story; lists have other limits."""
        for header in self.own:
            text = header.name in KNOWN and header.name not in LISTS
            if text and len(header.value) > TEXT_LIMIT:
                what = f"{KNOWN[header.name].name} has {len(header.value):,} characters"
                self.wrong_at(header.line, what, f"keep it within {TEXT_LIMIT:,}")

    def wrong(self, name: str, what: str, remedy: str) -> None:
        """Note an error about a header; there is no story then."""
        self.wrong_at(self.line(name), what, remedy)

    def missing(self, name: str, remedy: str) -> None:
        """Note that a header is missing, unless it is there and misspelt: that has been told."""
        self.broken = True
        if name not in misspelt(self.own):
            self.wrong(name, f"there is no {name}", remedy)

    def line(self, name: str) -> int:
        """The line of a header, 0 where the configuration has it, 1 where nothing has."""
        found = self._by_name.get(name)
        return found[0].line if found else 1

    def doubt(self, line: int, what: str, remedy: str) -> None:
        """Note a warning."""
        self.problems.append(Problem(self.path, line, what, remedy, Severity.WARNING))

    def wrong_at(self, line: int, what: str, remedy: str) -> None:
        """Note an error about a line."""
        self.broken = True
        self.problems.append(Problem(self.path, line, what, remedy))


def written(path: str, name: str, value: str) -> str:
    """A header as the format of the source has it."""
    form = _FORMS.get(path.rsplit(".", 1)[-1].lower())
    if form and form[0] == "<" and name == "Title":
        form = "<title>{1}</title>"
    return f"`{form.format(name.lower(), value)}`" if form else f"a line `{name}: {value}`"
