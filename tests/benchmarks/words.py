"""The words and sentences that made-up stories are written with, and the names in them.

A sentence is a pattern whose ``{slots}`` are filled at random from the pools of the same name.
Names of people, places and tags are put together from syllables and words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from random import Random

SECTIONS = {
    "World": 24,
    "Politics": 20,
    "Business": 16,
    "Sport": 14,
    "Culture": 9,
    "Science": 7,
    "Opinion": 6,
    "Obituaries": 4,
}
"""The sections of the paper, each with its share of the stories in per cent."""

_OPENINGS: tuple[str, ...] = (
    *("Bel", "Cor", "Dray", "El", "Fen", "Gal", "Hol", "Kest", "Lun", "Mar", "Nor", "Ørst"),
    *("Pel", "Quar", "Rav", "Sel", "Tor", "Ul", "Var", "Wes", "Yar", "Zel", "Śred", "Émer"),
)
_MIDDLES = ("a", "en", "i", "o", "er", "an", "ing", "u", "el", "or")
_PLACE_ENDINGS = ("by", "dale", "ford", "grad", "ham", "haven", "mouth", "stad", "ton", "vik")
_SURNAME_ENDINGS = ("berg", "enko", "ez", "ini", "ko", "man", "ović", "sen", "ski", "wright")

_WORDS = {
    "a": """
        ageing ambitious annual bitter bold brief broad careful cautious central cheap civil clear
        coastal common costly crowded daily deep difficult early eastern empty expensive familiar
        final foreign formal former fragile free fresh full gradual heavy high hidden historic
        independent internal joint large late legal limited local long-awaited main minor missing
        modern mutual narrow national natural new northern official old open ordinary peaceful
        permanent planned plain popular private public quiet rapid rare recent regional remote rival
        rural second secret senior separate severe sharp short similar simple slow small southern
        special steady strict strong sudden technical temporary tense third unusual urban urgent
        usual wary weak western wide winter young
    """,
    "n": """
        agreement airline airport appeal archive army assembly auction ballot bank bill border
        bridge broadcaster budget cabinet campaign cargo case ceasefire census charter claim coal
        coalition college commission company conference contract convoy council court crew crisis
        dam deal debate debt decision decree delay delegation deposit dispute district drought
        election embassy engine evidence excavation exhibition factory farm ferry festival field
        film fine fire fleet flood forecast forest fund gallery glacier grid harbour harvest hearing
        hospital hospice household housing inquiry institute investment island judge jury laboratory
        law lawsuit league letter library licence loan market match measure meeting memorial merger
        mill mine ministry motorway museum negotiation newspaper novel observatory office opposition
        orchestra pact parliament party patent path pension petition pipeline plan platform poll
        port prison project proposal prosecution protest quarry railway rate reactor record
        referendum reform refugee region report reservoir rescue resignation review river road rule
        satellite school season sentence service settlement shipyard shortage stadium station storm
        strike study subsidy suburb summit supplier survey tariff tax team telescope theatre
        timetable tournament tower trade treaty trial tribunal tunnel union university vaccine
        valley verdict village visa vote warehouse warning witness workshop
    """,
    "ns": """
        advisers aid-workers analysts buyers campaigners clerks colleagues councillors critics
        customers delegates deputies doctors drivers economists editors employers engineers
        exporters families farmers firefighters fishermen governors growers historians inspectors
        investors journalists judges landlords lawyers lenders members ministers neighbours nurses
        observers officials owners parents passengers pensioners players pupils readers refugees
        residents researchers retailers sailors scientists shareholders shopkeepers soldiers
        students suppliers supporters teachers tenants traders travellers tourists unions viewers
        villagers visitors volunteers voters witnesses workers
    """,
    "v": """
        abandoned accepted adopted announced approved backed blocked bought broke built cancelled
        challenged changed checked closed criticised cut defended delayed demanded denied described
        discussed doubled dropped ended examined expanded explained extended faced finished found
        funded halted ignored improved inspected joined kept launched led left limited lost managed
        measured mentioned missed moved named noted opened opposed ordered overturned passed planned
        postponed praised presented prevented promised proposed protected published questioned
        raised reached received recorded reduced refused rejected released repaired replaced
        reported restored reviewed revised saved shaped shut signed sold started stopped studied
        supported suspended tested took traced visited welcomed withdrew won
    """,
    "d": """
        abroad again apparently barely briefly calmly carefully cheaply clearly early finally
        formally fully gradually hardly largely later mainly mostly narrowly nearly openly partly
        patiently plainly publicly quickly quietly rarely recently reluctantly repeatedly sharply
        slowly soon steadily suddenly together twice widely
    """,
    "forename": """
        Ada Amir Anna Boris Chloë Daniel Elif Emeka Farah Felix Grace Hana Igor Ines Jakub Jonas
        Kofi Lena Luis Mara Mei Nadia Nils Olena Omar Paula Ravi Rosa Samuel Sofía Tariq Uma Viktor
        Wanda Yusuf Zoë
    """,
}
POOLS: Mapping[str, tuple[str, ...]] = {
    **{name: tuple(text.split()) for name, text in _WORDS.items()},
    "unit": ("days", "weeks", "months", "years", "hours", "rounds of talks", "sittings", "nights"),
    "money": ("euros", "dollars", "pounds", "crowns", "francs"),
    "role": (
        "a spokesman for the",
        "who chairs the",
        "the lawyer of the",
        "head of the",
        "a member of the",
        "formerly of the",
        "the author of a study of the",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "host": ("statistics", "court", "council", "observer", "institute", "records", "weather"),
}

PROSE = (
    "The {n} {v} the {a} {n} {d}, and {ns} in {place} {v} it.",
    "In {place}, {ns} {v} the {n} after {count} {unit} of talks about the {a} {n}.",
    "{person} {v} the {n} on {day}, a {n} that {ns} had {v} for {count} {unit}.",
    "Nobody at the {n} {v} the {n} in {place}.",
    "The {a} {n}, which {v} {count} {ns}, will cost {count} million {money}.",
    "“We {v} the {n} {d},” said {person}, {role} {n} in {place}.",
    "“It is a {a} {n}, and the {ns} know it,” {person} told {ns}.",
    "Some {count} {ns} {v} the {n}; {ns} and {ns} {v} another.",
    "A {n} near {place} {v} {count} per cent more than a year before, {ns} said.",
    "When the {n} {v} its {a} {n}, {ns} in {place} and {place} {v} the {n}.",
    "The {n} had been {v} {d} until {person} and {person} {v} a {a} {n}.",
    "That {v} the {ns}.",
    "By {day} the {n} was {a}, the {n} {a} and the {ns} – all {count} of them – {v} it {d}.",
    "{person}, {role} {n}, said that the {n} “{v} what the {ns} had {d} {v}”.",
    "Under the {n}, {ns} would be paid {count} {money} a month for {count} {unit}.",
    "It was the {a} {n} of the year (the last one {v} {count} {ns}), and the {a} {n} {v} it.",
    "Whether the {n} is {a} or merely {a}, {ns} can't say.",
    "The {n} of {place} {v} {person}'s {n}, but not the {a} {n} that {ns} {v}.",
    "{ns} & {ns} of the {place} {n} {v} the {n} at {count} places.",
    "Since then {count} {ns} have {v} {place} for the {a} {n} in {place}.",
    "If the {n} is {v}, the {ns} of {place} will have {v} a {a} {n} for the {a} time in {unit}.",
    "The {ns} {v} {d}; the {n} {v} nothing.",
)
MARKED = (
    "The {n} was, in the words of {person}, *{a}* and {a}.",
    "{person} {v} it in *The {place} {n}*, a {n} of {count} pages.",
    "The {ns} {v} **no {n}** before {day}.",
    "What the {ns} {v} was __{a}__, said {person}, and _{d}_ so.",
)
LINKED = (
    "According to [the {n} of {place}](https://{host}.example/{n}/{n}), the {n} {v} {count} {ns}.",
    "The {n} was {v} [{d} by the {ns}](https://{host}.example/{n}?page=2) on {day}.",
    "A [{a} {n}](https://www.{host}.example/{n}) {v} the {n}, {ns} said.",
)
INNER = ("The {n} [{v} the {n}](ADDRESS) when {ns} {v} it.",)
"""A link to another story of the archive, whose address replaces ``ADDRESS``."""

TITLES = (
    "{place} {n} {v} after {a} {n}",
    "{A} {n} {v} {ns} in {place}",
    "{ns} of {place} {v} {a} {n}",
    "{person} {v} {a} {n}",
    "How the {n} of {place} was {v}",
    "“{A} {n}” {v} in {place}, say {ns}",
)
SUMMARY = ("The {n} of {place} {v} the {a} {n}, and {ns} {v} it {d}.",)
HEADING = ("A {a} {n}", "The {ns} of {place}", "{count} {unit} {d}", "What the {n} {v}")
POINT = ("a {a} {n} for {count} {ns};", "the {n} of {place}, **{v}** in part;", "{count} {money}.")

TABLE = ("| Place | Number | Found |", "|---|---:|---|")
ROW = ("| {place} | {count} | {a} |",)
CODE = (
    ("python", "Def = [{n} for {n} in {ns} if {v}({n}) > 12]  # {a} {n}\nprint(Def, '{place}')"),
    ("sql", "SELECT {n}, count(*)\nFROM {n}_of_{d}\nWHERE {v} = '{a}'\nGROUP BY {n};"),
)

_SLOT = re.compile(r"\{(\w+)\}")
_SEED = 20  # of the names alone: they are the same in every archive
_BYLINES = 40

TAGS = 20_000
"""Tags that there are names for."""


class Language:
    """Fills patterns from the pools, and holds the names of tags and bylines."""

    def __init__(self) -> None:
        draw = Random(_SEED)  # noqa: S311 - made-up names are no secret
        places = _made(draw, _PLACE_ENDINGS)
        people = [
            f"{draw.choice(POOLS['forename'])} {name}" for name in _made(draw, _SURNAME_ENDINGS)
        ]
        counts = [f"{draw.randrange(2, 60) * 10 ** draw.randrange(4):,}" for _ in range(300)]
        self._pools = {
            **POOLS,
            "A": tuple(word.capitalize() for word in POOLS["a"]),
            "place": tuple(places),
            "person": tuple(people[_BYLINES:]),
            "count": tuple(counts),
        }
        self._learnt: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {}
        self.bylines = tuple(people[:_BYLINES])
        self.tags = tuple(_tags(draw, places))
        """Best known first."""

    def say(self, draw: Random, patterns: Sequence[str]) -> str:
        """One of these patterns, filled; it begins with a capital letter."""
        text, pools = self._taken_apart(patterns[int(draw.random() * len(patterns))])
        filled = text % tuple([pool[int(draw.random() * len(pool))] for pool in pools])
        return filled[0].upper() + filled[1:]

    def _taken_apart(self, pattern: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
        if pattern not in self._learnt:
            pools = tuple(self._pools[name] for name in _SLOT.findall(pattern))
            self._learnt[pattern] = _SLOT.sub("%s", pattern), pools
        return self._learnt[pattern]


def _made(draw: Random, endings: Sequence[str]) -> list[str]:
    """Names from syllables, in random order."""
    names = ["".join(syllables) for syllables in product(_OPENINGS, _MIDDLES, endings)]
    draw.shuffle(names)
    return names


def _tags(draw: Random, places: Sequence[str]) -> list[str]:
    """Subjects and some places, then what happened where."""
    subjects = [word.capitalize() for word in POOLS["n"]]
    single = [*subjects, *places[: len(subjects)]]
    draw.shuffle(single)
    compounds = [f"{place} {noun}" for place, noun in product(places[:400], POOLS["n"])]
    return single + draw.sample(compounds, TAGS - len(single))
