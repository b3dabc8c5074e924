"""Dates: year, month and day in that order in, words for readers and strings for machines out.

Nothing is ever filled in from today. Zones come from the tzdata package alone, so that the same
sources give the same pages whatever zone files a machine carries.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names

from microfiche.records import Moment
from microfiche.views import Time

zoneinfo.reset_tzpath(to=())

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"
    r"(?:[T _](\d{1,2}):(\d{2})(?!\d)(?::(\d{2})(?:[.,]\d+)?)?"
    r"[ ]?(Z|[+-]\d{2}(?::?\d{2})?(?!\d))?)?",
    re.ASCII,
)
_LOOSE = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.]?)(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"
    r"|(?:[A-Za-z]{3,9},?[ ])?(?P<day_first>\d{1,2})[ ](?P<named>[A-Za-z]{3,9})"
    r"[ ](?P<late>\d{4})(?!\d)"
    r"|(?P<name_first>[A-Za-z]{3,9})[ ](?P<second>\d{1,2}),?[ ](?P<last>\d{4})(?!\d)",
    re.ASCII,
)
_CLOCK = re.compile(r"[T _]+(\d{1,2}):(\d{2})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEARS = range(2, 9999)  # at the very ends of the calendar another zone has no date
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are reckoned from it
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # RFC 5322 has English names
_REMEDY = "write year-month-day and, if known, the time: 2024-11-01 or 2024-11-01 18:00"


class Parsed(NamedTuple):
    """A date that was understood."""

    moment: Moment


class Refused(NamedTuple):
    """A date that was not: what is wrong, and what to write instead."""

    what: str
    remedy: str


def parse(text: str, zone: ZoneInfo) -> Parsed | Refused:
    """Read an ISO 8601 date with optional time and offset; without offset it is in ``zone``.

    A month, day or hour below ten may do without its zero, for the order leaves no doubt.
    """
    text = text.strip()
    match = _ISO.fullmatch(text)
    if not match:
        return Refused(f"{text!r} is not a date we can be sure of", _suggestion(text))
    *parts, offset = match.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    try:
        stated = _offset(offset) if offset else zone
        aware = datetime(year, month, day, hour, minute, second, tzinfo=stated)
        if year not in _YEARS:
            raise ValueError("years run from 0002 to 9998")
    except ValueError as error:
        return Refused(f"{text!r} is no date of the calendar: {error}", _REMEDY)
    return Parsed(_moment(aware.astimezone(zone), clock=match[4] is not None))


def leading(text: str) -> str:
    """The date that a text begins with, as it is written there; empty where it begins with none."""
    match = _ISO.match(text)
    return match[0].rstrip() if match else ""


def _suggestion(text: str) -> str:
    """The same date as it should be written, where its parts are beyond doubt."""
    match = _LOOSE.match(text)
    if not match:
        return _REMEDY
    part = match.groupdict()
    name = part["named"] or part["name_first"]
    month = _month(name) if name else int(part["month"])
    year = int(part["year"] or part["late"] or part["last"])
    day = int(part["day"] or part["day_first"] or part["second"])
    clock = _CLOCK.match(text, match.end())
    try:
        written = date(year, month, day).isoformat()
        written += (
            f" {int(clock[1]):02d}:{clock[2]}, with an offset such as +02:00 if known"
            if clock
            else ""
        )
    except ValueError:
        return _REMEDY
    return f"write {written}"


def _month(name: str) -> int:
    """The number of a month by its English name or the beginning of it, 0 for another word."""
    return _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"no zone is {text} from UTC")
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _moment(aware: datetime, *, clock: bool) -> Moment:
    east = aware.utcoffset() or timedelta()
    return Moment(
        stamp=(aware - _EPOCH) // timedelta(seconds=1),
        day=aware.date().isoformat(),
        clock=f"{aware:%H:%M}" if clock else "",
        offset=east // timedelta(minutes=1),
        zone=aware.tzname() or "",
    )


def iso(moment: Moment) -> str:
    """A valid date, or global date and time, of HTML; the offset is rounded to whole minutes."""
    if not moment.clock:
        return moment.day
    sign = "-" if moment.offset < 0 else "+"
    hours, minutes = divmod(abs(moment.offset), 60)
    return f"{moment.day}T{moment.clock}{sign}{hours:02d}:{minutes:02d}"


def rfc3339(moment: Moment) -> str:
    """A moment as Atom and JSON Feed have it (RFC 3339), to the second."""
    local = _NAIVE_EPOCH + timedelta(seconds=moment.stamp + 60 * moment.offset)
    return local.isoformat() + (_written(moment.offset, ":") if moment.offset else "Z")


def stated(moment: Moment) -> str:
    """A moment as its owner stated it: to the second where the hour is known, else the day."""
    return rfc3339(moment) if moment.clock else moment.day


def rfc5322(moment: Moment) -> str:
    """A moment as RSS has it (RFC 822 with a four-digit year, as RFC 5322)."""
    local = _NAIVE_EPOCH + timedelta(seconds=moment.stamp + 60 * moment.offset)
    weekday, month = _WEEKDAYS[local.weekday()], _MONTHS[local.month - 1].capitalize()
    clock = f"{local:%H:%M:%S}"
    return (
        f"{weekday}, {local.day:02d} {month} {local.year:04d} {clock} {_written(moment.offset, '')}"
    )


def _written(offset: int, mark: str) -> str:
    """An offset in minutes as ``+02:00`` or ``+0200``."""
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}{mark}{minutes:02d}"


def shown(moment: Moment, lang: str) -> Time:
    """A moment as a reader of ``lang`` sees it."""
    clock = f"{moment.clock} {moment.zone}" if moment.clock else ""
    return Time(iso=iso(moment), text=words(moment.day, lang), clock=clock, day=moment.day)


def midnight(day: str, lang: str) -> Time:
    """A calendar day as a reader of ``lang`` sees it."""
    return Time(iso=day, text=words(day, lang), clock="", day=day)


@lru_cache(maxsize=65536)
def words(day: str, lang: str) -> str:
    """A day in words: ``1 November 2024`` as the language has it."""
    return format_date(date.fromisoformat(day), "long", locale=locale(lang))


@lru_cache(maxsize=4096)
def month_name(month: int, lang: str) -> str:
    """A month's name standing alone, such as ``November``."""
    return str(get_month_names("wide", "stand-alone", locale(lang))[month])


@lru_cache(maxsize=4096)
def month_abbreviation(month: int, lang: str) -> str:
    """A month's short name standing alone, such as ``Nov``."""
    return str(get_month_names("abbreviated", "stand-alone", locale(lang))[month])


@lru_cache(maxsize=4096)
def month_of_year(month: str, lang: str) -> str:
    """A month ``YYYY-MM`` in words: ``November 2024`` (CLDR's skeleton of year and month)."""
    return format_skeleton("yMMMM", date.fromisoformat(f"{month}-01"), locale=locale(lang))


@lru_cache(maxsize=4096)
def date_of_year(date_: str, lang: str) -> str:
    """A date ``MM-DD`` of whatever year in words: ``1 November``."""
    return format_skeleton("MMMMd", date.fromisoformat(f"2000-{date_}"), locale=locale(lang))


@lru_cache(maxsize=4096)
def weekday_words(day: str, lang: str) -> str:
    """A day in words with its weekday: ``Friday 1 November 2024`` as the language has it."""
    return format_date(date.fromisoformat(day), "full", locale=locale(lang))


@lru_cache(maxsize=256)
def territorial(lang: str) -> str:
    """A language with a territory, as OpenGraph names locales: ``en_GB``.

    A tag without a territory gets the likeliest one; empty where none is known.
    """
    whole = _likely(lang)
    return f"{whole.language}_{whole.territory}" if whole.territory else ""


@lru_cache(maxsize=256)
def week_start(lang: str) -> int:
    """The first day of the week where the language is spoken: 0 is Monday.

    A tag without a region is taken for the likeliest one (UTS 35, Likely Subtags).
    """
    return int(_likely(lang).first_week_day)


def _likely(lang: str) -> Locale:
    """The locale of a language, with the likeliest territory (UTS 35) where the tag has none."""
    found = locale(lang)
    likely = "" if found.territory else get_global("likely_subtags").get(str(found), "")
    return Locale.parse(likely) if likely else found


@lru_cache(maxsize=256)
def weekday_names(lang: str) -> tuple[str, ...]:
    """Short names of the seven days in the order of the language's week."""
    names = get_day_names("abbreviated", "stand-alone", locale(lang))
    return tuple(names[(week_start(lang) + index) % 7] for index in range(7))


@lru_cache(maxsize=256)
def locale(lang: str) -> Locale:
    """Babel's locale for a language tag (BCP 47), English where it knows none."""
    try:
        return Locale.parse(lang, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")


def language_tag(text: str) -> str:
    """A language tag (BCP 47) as it is compared: ``zh_CN`` is ``zh-cn``."""
    return text.strip().replace("_", "-").lower()


@lru_cache(maxsize=256)
def is_language(lang: str) -> bool:
    """Whether a tag (BCP 47) names a language, by two or three letters, that dates are known in."""
    if not 2 <= len(lang.partition("-")[0]) <= 3:
        return False
    try:
        Locale.parse(lang, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


@lru_cache(maxsize=256)
def direction(lang: str) -> str:
    """``rtl`` or ``ltr``."""
    return str(locale(lang).text_direction)


@lru_cache(maxsize=256)
def language_name(lang: str) -> str:
    """A language's own name for itself, such as ``українська``."""
    return locale(lang).get_display_name(locale(lang)) or lang
