"""What ``pelicanconf.py`` may say: what each setting has to be, and what to write where it is not.

Pelican's own settings are checked too, for a wrong one must end in one line, not in a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from microfiche.errors import Problem, Severity, of_setting
from microfiche.rules.allowed import RULES
from microfiche.rules.patterns import ill_addressed


def problems(conf: Mapping[str, Any], known: Iterable[str]) -> list[Problem]:
    """Everything that is wrong with the settings; ``known`` are the names that are ours."""
    found = [*_unknown(conf, list(known)), *_ill_valued(conf)]
    broken = {problem.path for problem in found}
    found += [problem for problem in ill_addressed(conf) if problem.path not in broken]
    return found or [*_ill_placed(conf)]


def notes(conf: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[Problem]:
    """What a person should know of settings that are sound; ``defaults`` are Pelican's."""
    found = []
    if conf.get("DELETE_OUTPUT_DIRECTORY"):
        what = "the output folder is not deleted: files of earlier builds that are no longer "
        what += "wanted are removed, and nothing else"
        found.append(_note("DELETE_OUTPUT_DIRECTORY", what))
    if not conf.get("SITEURL") and conf.get("SITEMAP_SAVE_AS") != "":
        what = "it is empty: there are no sitemaps and no robots.txt, which need whole addresses"
        found.append(_note("SITEURL", what))
    idle = [name for name in IDLE if conf.get(name, defaults.get(name)) != defaults.get(name)]
    if idle:
        what = "has no effect here" if len(idle) == 1 else "have no effect here"
        found.append(_note(", ".join(idle), what))
    return found


def _note(name: str, what: str) -> Problem:
    return of_setting(name, what, severity=Severity.NOTE)


IDLE = (
    "ARTICLE_ORDER_BY",
    "CACHE_CONTENT",
    "DATE_FORMATS",
    "DEFAULT_DATE",
    "DEFAULT_DATE_FORMAT",
    "DEFAULT_PAGINATION",
    "DIRECT_TEMPLATES",
    "JINJA_FILTERS",
    "JINJA_GLOBALS",
    "OUTPUT_SOURCES",
    "PAGE_ORDER_BY",
    "STATIC_CREATE_LINKS",
    "TEMPLATE_PAGES",
    "TYPOGRIFY",
)
"""Pelican's settings that change its pages and not ours: whoever states one is told so."""


def _unknown(conf: Mapping[str, Any], known: list[str]) -> list[Problem]:
    found = []
    for name in sorted(conf):
        if name.startswith("ARCHIVE_") and name not in known:
            endings = [each.removeprefix("ARCHIVE_") for each in known]
            close = difflib.get_close_matches(name.removeprefix("ARCHIVE_"), endings, 1)
            remedy = (
                f"did you mean ARCHIVE_{close[0]}?" if close else f"there are {', '.join(known)}"
            )
            found.append(of_setting(name, "there is no such setting", remedy))
    return found


def _ill_valued(conf: Mapping[str, Any]) -> list[Problem]:
    return [
        of_setting(name, f"{_shown(conf[name])} is not a value for it", rule.remedy)
        for name, rule in RULES.items()
        if name in conf and not rule.fits(conf[name])
    ]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _ill_placed(conf: Mapping[str, Any]) -> list[Problem]:
    found = []
    content, output = Path(conf["PATH"]).resolve(), Path(conf["OUTPUT_PATH"]).resolve()
    if content.is_relative_to(output) or output.is_relative_to(content):
        remedy = "keep stories and output in folders beside each other"
        found.append(
            of_setting("OUTPUT_PATH", "the output and the content lie in one another", remedy)
        )
    elif output.exists() and not output.is_dir():
        found.append(
            of_setting("OUTPUT_PATH", f"{output} is not a folder", "give the path of a folder")
        )
    if not (Path(conf["THEME"]) / "templates" / "story.html").is_file():
        remedy = "set THEME = microfiche.THEME (after `import microfiche`), or a theme made from it"
        found.append(of_setting("THEME", "the theme has no templates/story.html", remedy))
    return found
