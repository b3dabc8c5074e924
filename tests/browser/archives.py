"""The archives that are read in a browser: the sample archive, and one from right to left."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from pelican.settings import read_settings

from microfiche.build import build
from microfiche.hooks import orders_for
from microfiche.report import Report
from tests.conftest import AS_OF, PICTURE, ROOT, Site
from tests.photographs import photograph

ARABIC = "العربية"
_APPEAL = {
    "title": "أرشيف مجاني",
    "text": "لا <em>إعلانات</em> هنا ولا تتبّع.",
    "link": ("ادعمنا", "/about/"),
}
_BODY = """\
انتظرت السفن عند مدخل الميناء منذ الصباح. وقال المكتب إن الرافعات توقفت[^1] كلها، وإن **العمل**
يستأنف [غدًا]({{filename}}{other}).

> ننتظر منذ ثلاث ساعات، ولا يعرف أحد متى نعود.

## ما حدث {{: #what }}

| الميناء | السفن | الحاويات المنتظرة على الرصيف | {long} |
| --- | ---: | ---: | --- |
| الإسكندرية | 12 | 4,310 | {long} |
| طنجة | 7 | 2,095 | {long} |

- أولًا: الرافعات
- ثانيًا: القطارات، واسمها <span lang="en" dir="ltr">the night freight</span>

```python
waiting = [ship for ship in harbour.ships() if ship.arrived is not None and ship.moored is None]
```

![قاطرتان]({{static}}/images/tug.jpg "قاطرتان عند الفجر")

https://records.example/{long}/{long}

[^1]: بحسب سجل الميناء.
"""
_LONG = "extraordinarily-long-names-have-no-place-to-break-in"
_TRANSLATION = """\
Title: Ships wait outside the harbour
Date: 2024-11-01 09:30
Lang: en
Slug: s1
Translation: true
Category: اقتصاد

The cranes stand still.
"""


class Archive(NamedTuple):
    """A built archive: the folder of its pages, and what its catalog knows of them."""

    output: Path
    pages: dict[str, str]
    """The fullest page of each kind, as an address below the archive's root."""


def sample(folder: Path) -> Archive:
    """The sample archive, with more on pages of their own than it has by default."""
    conf = read_settings(
        str(ROOT / "pelicanconf.py"),
        override={
            "OUTPUT_PATH": str(folder / "output"),
            "ARCHIVE_AS_OF": AS_OF,
            "ARCHIVE_JOBS": 1,
            "ARCHIVE_LANGUAGE_STORIES": 1,
            "ARCHIVE_PAGE_SIZE": 3,
            "ARCHIVE_APPEAL": {"title": "Free to read", "text": "It <em>has</em> no owner."},
        },
    )
    return _built(conf, folder / "output")


def right_to_left(folder: Path) -> Archive:
    """A small Arabic archive that has every kind of page and of text."""
    site = Site(folder)
    site.write("images/crane.svg", PICTURE)
    site.write("images/tug.jpg", photograph("tug", "JPEG", (640, 480)))
    site.write("pages/about.md", "Title: عن الأرشيف\n\nنكتب عن الموانئ.\n")
    site.write("vocabulary.toml", '[tag."سفن"]\ndescription = "كل ما يطفو."\n')
    site.write("s1.en.md", _TRANSLATION)
    for number in range(1, 9):
        site.write(f"s{number}.md", _story(number))
    conf = read_settings(
        override={
            **site.conf,
            "DEFAULT_LANG": "ar",
            "SITENAME": "سجل الميناء",
            "SITESUBTITLE": "أخبار الساحل",
            "ARCHIVE_LANGUAGE_STORIES": 1,
            "ARCHIVE_PAGE_SIZE": 2,
            "ARCHIVE_APPEAL": _APPEAL,
            "STATIC_PATHS": ["images"],
        }
    )
    return _built(conf, site.output)


def _story(number: int) -> str:
    headers = {
        "Title": f"السفن تنتظر خارج الميناء لليوم {number}",
        "Date": f"{2016 + number}-11-0{1 + number % 2} 09:30",
        "Modified": "2024-11-03",
        "Category": "اقتصاد" if number % 2 else "عالم",
        "Tags": "سفن, موانئ",
        "Author": "مكتب الاقتصاد",
        "Dateline": "طنجة",
        "Dek": "توقفت الرافعات كلها، ولا يعرف أحد متى تعود السفن.",
        "Story": "إضراب الميناء",
        "Slug": f"s{number}",
        "Aliases": f"/old/{number}/",
        "Image": "images/tug.jpg" if number % 2 else "images/crane.svg",
        "Image_alt": "قاطرتان عند مقدمة سفينة",
        "Image_caption": "عند الفجر.",
        "Image_credit": "مكتب الصور",
    }
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Source: {'أبتثج'[each]}-مصدر {number}" for each in range(3)]
    lines += ["Source: Log, https://log.example/1", "Correction: 2024-11-02 كان العدد 31 لا 13."]
    body = _BODY.format(other=f"/s{number % 8 + 1}.md", long=_LONG)
    return "\n".join(lines) + f"\n\n{body}"


def _built(conf: dict[str, Any], output: Path) -> Archive:
    orders = orders_for(conf)
    build(orders, Report(io.StringIO()))
    with sqlite3.connect(orders.settings.state / "catalog.sqlite") as catalog:
        rows = catalog.execute("SELECT kind, path FROM output WHERE path LIKE '%.html'").fetchall()
    catalog.close()
    rows.sort(key=lambda row: ((output / row[1]).stat().st_size, row[1]))
    return Archive(output, {kind: path.removesuffix("index.html") for kind, path in rows})
