"""Dates are read strictly, and shown to readers and machines as their languages have it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche import dates
from microfiche.records import Moment

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = ["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
WRITTEN_DATE = re.compile(r"write (\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?)")

moments = st.datetimes(datetime(2, 1, 2), datetime(9998, 12, 30))  # noqa: DTZ001 - a zone is added
offsets = st.integers(-14 * 60, 14 * 60)


def understood(text: str, zone: ZoneInfo = LISBON) -> Moment:
    """The moment that a date stands for."""
    parsed = dates.parse(text, zone)
    assert isinstance(parsed, dates.Parsed), parsed
    return parsed.moment


def refused(text: str) -> dates.Refused:
    """What is said of a date that is not understood."""
    parsed = dates.parse(text, LISBON)
    assert isinstance(parsed, dates.Refused), parsed
    return parsed


def test_a_day_alone_begins_at_midnight_in_the_archives_zone() -> None:
    """Its hour is unknown, so no clock is shown."""
    moment = understood("2024-07-01")
    assert (moment.day, moment.clock, moment.offset) == ("2024-07-01", "", 60)
    assert moment.stamp == datetime(2024, 7, 1, tzinfo=LISBON).timestamp()


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-01 18:00",
        "2024-11-01T18:00",
        "2024-11-01 18:00:00",
        "2024-11-01T18:00:00.000",
        "2024-11-01T18:00Z",
        "2024-11-01 18:00 +00:00",
        "2024-11-01 18:00+00",
        "2024-11-01 19:00 +0100",
        "2024-11-01 12:30 -05:30",
        "  2024-11-01 18:00  ",
    ],
)
def test_one_moment_is_written_in_many_ways(text: str) -> None:
    """ISO 8601 with or without seconds, with a letter T or a space, with or without an offset."""
    moment = understood(text)
    assert (moment.day, moment.clock, moment.zone) == ("2024-11-01", "18:00", "WET")


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2015-8-25", "2015-08-25", ""),
        ("2015-08-5", "2015-08-05", ""),
        ("2015-1-2 9:05", "2015-01-02", "09:05"),
        ("2015-1-2T9:05:30Z", "2015-01-02", "09:05"),
    ],
)
def test_a_zero_may_be_missing(text: str, day: str, clock: str) -> None:
    """The year comes first, so that nothing else can be meant: Pelican's archives have such."""
    moment = understood(text)
    assert (moment.day, moment.clock) == (day, clock)


@pytest.mark.parametrize("text", ["15-8-25", "8-25-2015", "2015-8-251", "2015-8", "2015-8-25 9"])
def test_no_other_digit_may_be_missing(text: str) -> None:
    """Not one of the year, and none of the minutes; nor may one be too many."""
    refused(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-11-02: text", "2024-11-02"),
        ("2024-11-02 18:00+02:00: text", "2024-11-02 18:00+02:00"),
        ("2024-11-02T18:00:05Z text", "2024-11-02T18:00:05Z"),
        ("2024-11-02 18:00 text", "2024-11-02 18:00"),
        ("2024-11-02 18 hours", "2024-11-02"),
        ("2024-11-021", ""),
        ("text 2024-11-02", ""),
    ],
)
def test_the_date_that_a_text_begins_with(text: str, date: str) -> None:
    """It ends where it can be no longer a date."""
    assert dates.leading(text) == date


def test_an_offset_may_move_a_story_to_another_day() -> None:
    """The day is that of the archive's zone, in which readers look for it."""
    assert understood("2024-11-01 23:30 -05:00").day == "2024-11-02"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024/11/01 9:05", "2024-11-01 09:05"),
        ("2024-11-1 9:05 EST", "2024-11-01 09:05"),
        ("2024.11.01", "2024-11-01"),
        ("20241101", "2024-11-01"),
        ("2024-11-01 10:00 EST", "2024-11-01 10:00"),
        ("1 November 2024", "2024-11-01"),
        ("Fri, 01 Nov 2024 10:00:00 GMT", "2024-11-01 10:00"),
        ("November 1, 2024", "2024-11-01"),
    ],
)
def test_a_date_in_another_form_is_refused_with_the_right_form(text: str, written: str) -> None:
    """What is meant is beyond doubt, but for the zone, so the remedy has it ready to copy."""
    match = WRITTEN_DATE.search(refused(text).remedy)
    assert match
    assert match[1] == written
    understood(written)


def test_a_zones_abbreviation_is_refused_with_the_hint_to_give_an_offset() -> None:
    """EST is five hours from UTC in New York, and ten in Sydney."""
    assert "offset such as +02:00" in refused("2024-11-01 10:00 EST").remedy


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "May 2020",
        "Monday",
        "03/04/2020",
        "tomorrow",
        "2024",
        "2024-11",
        "10:00",
        "2024-W44-5",
    ],
)
def test_what_is_missing_is_never_filled_in(text: str) -> None:
    """Neither from today nor by a guess at which number is the month."""
    assert "2024-11-01 or 2024-11-01 18:00" in refused(text).remedy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2024-02-30", "day is out of range"),
        ("2024-13-01", "month must be in 1..12"),
        ("2024-11-01 24:00", "hour must be in 0..23"),
        ("2024-11-01 10:00 +99:99", "no zone is +99:99 from UTC"),
        ("2024-11-01 10:00 +24:00", "no zone is +24:00 from UTC"),
        ("0000-01-01", "year 0 is out of range"),
        ("0001-01-01", "years run from 0002 to 9998"),
        ("9999-12-31", "years run from 0002 to 9998"),
    ],
)
def test_a_date_that_there_is_not_is_refused_with_the_reason(text: str, what: str) -> None:
    """The year 1 is other programs' word for no date at all."""
    assert what in refused(text).what


@pytest.mark.parametrize("text", ["2024-13-45", "2024/13/45", "45 Nov 2024", "31 Foo 2024"])
def test_no_impossible_date_is_suggested(text: str) -> None:
    """A remedy must work."""
    assert not WRITTEN_DATE.search(refused(text).remedy)


@given(moments, offsets, st.sampled_from(ZONES))
def test_every_moment_survives_being_written_and_read(
    local: datetime, offset: int, zone: str
) -> None:
    """To the second, whatever its offset and the archive's zone."""
    aware = local.replace(tzinfo=timezone(timedelta(minutes=offset)), microsecond=0)
    moment = understood(aware.isoformat(), ZoneInfo(zone))
    assert moment.stamp == (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    shown = aware.astimezone(ZoneInfo(zone))
    assert (moment.day, moment.clock) == (shown.date().isoformat(), f"{shown:%H:%M}")


@given(moments, st.sampled_from(ZONES))
def test_a_local_time_is_shown_as_it_was_written(local: datetime, zone: str) -> None:
    """Also in the hour that summer time leaves out."""
    written = local.isoformat(" ", "minutes")
    moment = understood(written, ZoneInfo(zone))
    assert f"{moment.day} {moment.clock}" == written


@given(st.text() | st.from_regex(r"[0-9TZ:/., +-]{0,30}", fullmatch=True))
def test_whatever_stands_there_is_understood_or_refused_with_a_remedy(text: str) -> None:
    """Nothing that a person writes ends in a traceback, and each remedy's date is one."""
    parsed = dates.parse(text, LISBON)
    if isinstance(parsed, dates.Refused):
        assert repr(text.strip()) in parsed.what
        match = WRITTEN_DATE.search(parsed.remedy)
        assert not match or isinstance(dates.parse(match[1], LISBON), dates.Parsed)


@given(moments, offsets)
def test_machines_get_a_valid_html_date(local: datetime, offset: int) -> None:
    """A global date and time string, for which offsets are whole minutes."""
    aware = local.replace(tzinfo=timezone(timedelta(minutes=offset)), microsecond=0)
    iso = dates.iso(understood(aware.isoformat(), ZoneInfo("America/New_York")))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}[+-]\d{2}:\d{2}", iso)
    assert datetime.fromisoformat(iso)


def test_readers_see_a_date_in_their_language() -> None:
    """Names of months and the order of the parts are the language's own."""
    assert dates.words("2024-11-01", "en") == "November 1, 2024"
    assert dates.words("2024-11-01", "uk") == "1 листопада 2024\u202fр."
    assert dates.month_name(11, "de") == "November"
    assert dates.date_of_year("11-01", "en-gb") == "1 November"
    assert dates.weekday_words("2024-11-01", "de") == "Freitag, 1. November 2024"
    assert dates.month_of_year("2024-11", "fr") == "novembre 2024"
    assert dates.language_name("uk") == "українська"


def test_the_clock_is_shown_with_its_zone_where_it_is_known() -> None:
    """A story dated by the day alone shows none."""
    assert dates.shown(understood("2024-11-01 18:00"), "en").clock == "18:00 WET"
    assert dates.shown(understood("2024-11-01"), "en").clock == ""


def test_writing_runs_from_right_to_left_where_the_language_does() -> None:
    """As Babel has it."""
    assert (dates.direction("ar"), dates.direction("uk")) == ("rtl", "ltr")


def test_a_week_begins_as_it_does_where_the_language_is_spoken() -> None:
    """On Monday in Germany, on Sunday in the United States."""
    assert (dates.week_start("de"), dates.week_start("en-us"), dates.week_start("en-gb")) == (
        0,
        6,
        0,
    )
    assert (dates.week_start("en"), dates.week_start("ar"), dates.week_start("uk")) == (6, 5, 0)
    assert dates.weekday_names("en-us")[0] == "Sun"
    assert len(set(dates.weekday_names("uk"))) == 7


@pytest.mark.parametrize("lang", ["tlh", "x-house", "zz"])
def test_an_unknown_language_gets_english_dates(lang: str) -> None:
    """It does not stop the build."""
    assert dates.words("2024-11-01", lang) == "November 1, 2024"


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from(["en", "uk", "ar", "th", "fa"]))
def test_every_day_has_words_in_every_language(day: date, lang: str) -> None:
    """Also those of four hundred years ago."""
    assert dates.words(day.isoformat(), lang)
    assert dates.month_of_year(day.isoformat()[:7], lang)
