"""On which line of a TOML document something stands."""

from __future__ import annotations

import pytest

from microfiche.toml_lines import Lines

DOCUMENT = '''# a comment
[tag.Moon]
label = "The Moon"
aliases = [
    "Luna",
    "La Lune",
]

[tag."Halley’s comet"]
description = """
label = "no key"
[tag.none]
"""
same_as = "Q23054"

[ byline . "Bo" ]
links = { Site = "https://bo.example/" }

[section]
World.description = "Abroad."
Culture = { aliases = ["Arts"] }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("tag", "Moon"), 2),
        (("tag", "Moon", "label"), 3),
        (("tag", "Moon", "aliases"), 4),
        (("tag", "Halley’s comet"), 9),
        (("tag", "Halley’s comet", "description"), 10),
        (("tag", "Halley’s comet", "same_as"), 14),
        (("byline", "Bo", "links"), 17),
        (("section",), 19),
        (("section", "World"), 20),
        (("section", "World", "description"), 20),
        (("section", "Culture", "aliases"), 21),
        (("tag", "Moon", "nothing"), 2),
        (("nothing",), 1),
    ],
)
def test_a_value_is_found_by_its_keys(path: tuple[str, ...], line: int) -> None:
    """Where it is not found, the table around it is; what is in a long text is no key."""
    assert Lines(DOCUMENT).of(*path) == line


def test_a_text_is_found_within_its_table() -> None:
    """It is looked for from its key on, and not beyond the table."""
    lines = Lines(DOCUMENT)
    assert lines.of_text("La Lune", "tag", "Moon", "aliases") == 6
    assert lines.of_text("Q23054", "tag", "Moon") == 2
