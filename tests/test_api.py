"""The API as scripts see it: of the form that its description states, whole, and true."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator
from pelican.settings import read_settings

from microfiche.api import openapi, records
from microfiche.build import build
from microfiche.hooks import orders_for
from microfiche.pages import api
from microfiche.report import Report
from tests.conftest import PICTURE, ROOT, Site

URL = "https://gazette.example/"
START = "api/v1/index.json"

Json = dict[str, Any]

COMMANDS = [
    shlex.split(line)[1:]
    for line in (ROOT / "docs" / "api.md").read_text("utf-8").splitlines()
    if line.startswith("python ")
]
"""What the document has its readers try."""


@pytest.fixture
def full(site: Site) -> Site:
    """An archive with an API that has all that a story and a term may have."""
    site.conf["ARCHIVE_API"] = True
    site.write("images/a.svg", PICTURE)
    site.write(
        "vocabulary.toml",
        '[tag.Boats]\n[tag.Ferries]\nbroader = "Boats"\n'
        'description = "They <cross>."\nsame_as = "Q25653"\n'
        '[byline."A Sailor"]\nperson = true\n',
    )
    site.story(
        "a.md",
        "It sank [here]({filename}/b.md). ![Boat]({static}/images/a.svg)",
        Authors="World desk; A Sailor",
        Category="Sea",
        Tags="Ferries, Moon",
        Story="Flood",
        Dek="Short.",
        Dateline="LISBON",
        Image="images/a.svg",
        Image_alt="A boat",
        Modified="2024-11-03",
        Correction="2024-11-05: It was one.",
        Source="Log, https://log.example/1",
    )
    site.story("a-uk.md", "Вона потонула.", Slug="a", Lang="uk", Tags="Moon", Title="Пором")
    site.story("b.md", Date="2019-12-31", Category="Sea", Title='<b>"\u2028&')
    site.story("hidden.md", Status="hidden")
    site.story("draft.md", Status="draft")
    site.story("later.md", Date="2026-01-01")
    site.publish()
    return site


def read(site: Site, address: str) -> Json:
    """The document at an address, by which it is named elsewhere too."""
    found = json.loads(site.files()[address.removeprefix(URL)])
    assert isinstance(found, dict)
    return found


def documents(files: dict[str, bytes]) -> dict[str, tuple[bytes, str]]:
    """Every document that the description has a path for, and the name of its schema."""
    paths = json.loads(files["api/v1/openapi.json"])["paths"]
    found: dict[str, tuple[bytes, str]] = {}
    for path, item in paths.items():
        form = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path[1:])))
        schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        names = [name for name in files if form.fullmatch(name) and name.endswith(".json")]
        found |= {name: (files[name], schema["$ref"].rpartition("/")[2]) for name in names}
    return found


def check(files: dict[str, bytes]) -> set[str]:
    """Hold every document against the description; the names of the schemas that were met."""
    described = json.loads(files["api/v1/openapi.json"])
    openapi_spec_validator.validate(described)
    found = documents(files)
    assert {name for name in files if name.startswith("api/")} - found.keys() == {
        "api/v1/openapi.json"
    }
    for data, schema in found.values():
        form = {"$ref": f"#/components/schemas/{schema}", "components": described["components"]}
        Draft202012Validator(form).validate(json.loads(data))
        record = msgspec.json.decode(data, type=getattr(records, schema))
        assert msgspec.json.encode(record) + b"\n" == data  # it says nothing that has no name
    return {schema for _, schema in found.values()}


def test_the_description_is_sound_and_every_document_is_as_it_says(full: Site) -> None:
    """By a validator of OpenAPI, and by JSON Schema."""
    assert check(full.files()) == {each.__name__ for each in openapi._DOCUMENTS}


def test_the_sample_archive_is_as_its_description_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner switched the API on, and the commands of the document work there."""
    output = tmp_path / "output"
    conf = read_settings(str(ROOT / "pelicanconf.py"), override={"OUTPUT_PATH": str(output)})
    build(orders_for(conf), Report(io.StringIO()))
    found = output.rglob("*.json")
    files = {str(path.relative_to(output)): path.read_bytes() for path in found}
    assert len(check(files)) == len(openapi._DOCUMENTS)
    monkeypatch.chdir(tmp_path)
    start, month = (
        subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True).stdout
        for words in COMMANDS
    )
    assert json.loads(start)["stories"] > 40
    assert "The Eagle has landed" in month


def test_a_script_finds_every_story_once_in_order(full: Site) -> None:
    """From the start by years and months; no draft, no hidden and no later one."""
    found = []
    for year in read(full, START)["years"]:
        for month in read(full, year["document"])["itemListElement"]:
            stories = read(full, month["document"])["itemListElement"]
            assert len(stories) == month["stories"]
            found += stories
    assert [story["headline"] for story in found] == ['<b>"\u2028&', "a"]
    for story in found:
        document = read(full, story["document"])
        assert document.items() >= story.items()
        assert document["articleBody"]


def test_a_story_says_all_that_its_headers_do(full: Site) -> None:
    """With whole addresses, so that it can be read anywhere."""
    story = read(full, "2024/11/01/a/index.json")
    assert story["@type"] == "NewsArticle"
    assert story["datePublished"] == "2024-11-01T09:30:00Z"
    assert story["dateModified"] == "2024-11-05"
    assert story["author"] == [
        {"@type": "Organization", "name": "World desk", "url": f"{URL}byline/world-desk/"},
        {"@type": "Person", "name": "A Sailor", "url": f"{URL}byline/a-sailor/"},
    ]
    assert (story["articleSection"], story["keywords"]) == ("Sea", ["Ferries", "Moon"])
    assert story["isPartOf"]["name"] == "Flood"
    assert (story["description"], story["dateline"]) == ("Short.", "LISBON")
    assert story["image"]["url"] == f"{URL}images/a.svg"
    assert story["correction"][0]["text"] == "It was one."
    assert story["citation"][0]["url"] == "https://log.example/1"
    assert f'href="{URL}2019/12/31/b/"' in story["articleBody"]
    assert f'src="{URL}images/a.svg"' in story["articleBody"]
    (other,) = story["workTranslation"]
    assert other["inLanguage"] == "uk"
    assert read(full, other["document"])["headline"] == "Пором"


def test_the_page_of_a_story_leads_to_its_document(full: Site) -> None:
    """Also where pages are files of their own, and not where there is no API."""
    link = '<link rel="alternate" type="application/json" href="{}">'
    assert link.format(f"{URL}2024/11/01/a/index.json") in full.page("2024/11/01/a/index.html")
    full.publish(ARTICLE_URL="news/{date:%y}/{slug}", ARTICLE_SAVE_AS="news/{date:%y}/{slug}.html")
    assert link.format(f"{URL}news/24/a.json") in full.page("news/24/a.html")
    assert read(full, "news/24/a.json")["headline"] == "a"
    check(full.files())
    full.publish(ARCHIVE_API=False)
    assert "application/json" not in full.page("2024/11/01/a/index.html")


def test_terms_say_what_the_vocabulary_does(full: Site) -> None:
    """And lead to their newest stories and the months of all."""
    kinds = {each["kind"]: each["document"] for each in read(full, START)["terms"]}
    assert list(kinds) == ["tag", "section", "byline", "story"]
    tags = {each["identifier"]: each for each in read(full, kinds["tag"])["itemListElement"]}
    assert set(tags) == {"boats", "ferries", "moon"}
    ferries = read(full, tags["ferries"]["document"])
    assert ferries.items() >= tags["ferries"].items()
    assert (ferries["description"], ferries["broader"]) == ("They <cross>.", "boats")
    assert ferries["sameAs"] == ["https://www.wikidata.org/wiki/Q25653"]
    assert [story["headline"] for story in ferries["latest"]] == ["a"]
    (month,) = ferries["months"]
    assert read(full, month["document"])["itemListElement"][0] == ferries["latest"][0]
    sailors = {
        each["name"]: each["@type"] for each in read(full, kinds["byline"])["itemListElement"]
    }
    assert sailors == {"A Sailor": "Person", "World desk": "Organization"}


def test_a_long_month_is_in_parts(full: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A story more at its end changes the last part alone, or begins another."""
    monkeypatch.setattr(api, "PART", 2)
    for day in range(1, 5):
        full.story(f"{day}.md", Date=f"2024-03-{day:02d}")
    full.publish()
    first = read(full, "api/v1/months/2024-03.json")
    second = read(full, first["next"])
    assert [story["headline"] for story in second["itemListElement"]] == ["3", "4"]
    assert "next" not in second
    before = full.files()
    full.story("5.md", Date="2024-03-05")
    full.publish()
    after = full.files()
    changed = {name for name in after if "months/" in name and before.get(name) != after[name]}
    assert changed == {"api/v1/months/2024-03-part-2.json", "api/v1/months/2024-03-part-3.json"}
    for day in range(3, 6):
        (full.content / f"{day}.md").unlink()
    full.publish()
    assert [name for name in full.files() if "-part-" in name] == []
    check(full.files())


def test_an_identifier_stays_when_a_story_moves(full: Site) -> None:
    """Which is what it is for."""
    before = read(full, "2019/12/31/b/index.json")["identifier"]
    full.write("b.md", (full.content / "b.md").read_bytes().replace(b"2019", b"2018"))
    full.publish()
    assert read(full, "2018/12/31/b/index.json")["identifier"] == before
    assert "2019/12/31/b/index.json" not in full.files()


@pytest.mark.parametrize("conf", [{}, {"ARCHIVE_API": True, "SITEURL": ""}])
def test_there_is_none_unless_it_is_wanted_and_addresses_are_whole(site: Site, conf: Json) -> None:
    """Hosts limit the number of files, and this is one more for every story."""
    site.story()
    site.publish(**conf)
    assert [name for name in site.files() if name.startswith("api/") or "index.json" in name] == []


@pytest.mark.parametrize(
    ("pattern", "path", "names"),
    [
        (
            "{date:%Y}/{date:%m}/{slug}/index.json",
            "/{year}/{month}/{slug}/index.json",
            ["year", "month", "slug"],
        ),
        (
            "{date:%Y}/{date:%Y}-{slug}.json",
            "/{year}/{year_}-{slug}.json",
            ["year", "year_", "slug"],
        ),
        ("news.json", "/news.json", []),
    ],
)
def test_addresses_of_stories_are_described(pattern: str, path: str, names: list[str]) -> None:
    """As templates that name nothing twice."""
    assert openapi.template_of(pattern) == (path, names)
