"""Gates: a publication that would do harm stops, with the list of what is wrong and the way on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pelican.settings import read_settings

from microfiche.catalog.inspections import Lead
from microfiche.commands.due import due
from microfiche.errors import MicroficheError, Severity
from microfiche.hooks import orders_for
from microfiche.hosts.profiles import PROFILES, Profile
from microfiche.publish.gates import Leave, clock_is_right
from microfiche.publish.inspection import led
from microfiche.publish.publication import Published, publish
from microfiche.report import Report
from tests.conftest import Site, said

URL = "https://gazette.example"
SENTENCE = "The council will close the old harbour on Monday without a vote"


def published(site: Site, leave: Leave | None = None, **conf: Any) -> Published:
    """Publish without a target."""
    orders = orders_for(read_settings(override={**site.conf, **conf}))
    return publish(orders, Report(io.StringIO()), leave=leave or Leave())


def stopped(site: Site, leave: Leave | None = None, **conf: Any) -> list[str]:
    """Publish what must not be published; the errors. Ledger and bag stay as they are."""
    kept = [site.content / "ledger.tsv", site.output.with_name("output.bag") / "release.tsv"]
    before = [file.read_bytes() if file.exists() else None for file in kept]
    with pytest.raises(MicroficheError) as error:
        published(site, leave, **conf)
    assert [file.read_bytes() if file.exists() else None for file in kept] == before
    return said(error.value.problems)


def test_a_link_that_leads_nowhere_stops_a_publication(site: Site) -> None:
    """Whether typed as an address or as a whole one; it is told with its page."""
    site.story("a.md", f"[One](/nowhere/) and [two]({URL}/no/file.pdf).")
    one, two = stopped(site)
    page = "2024/11/01/a/index.html: error: the link to"
    assert one.startswith(f"{page} /no/file.pdf leads nowhere; mend the link")
    assert two.startswith(f"{page} /nowhere/ leads nowhere; mend the link")


def test_links_elsewhere_and_to_what_is_there_pass(site: Site) -> None:
    """Other hosts are not asked; folders are found without their slash."""
    site.story("a.md", "[a](https://elsewhere.example/x/) [b](/2024/11) [c](#top) [d](/feed.xml)")
    assert not [each for each in published(site).outcome.findings if "link" in each.what]


def test_what_the_owner_allows_is_a_warning(site: Site) -> None:
    """And is told every time, until it is mended."""
    site.story("a.md", "[One](/nowhere/)")
    for _ in range(2):
        (found,) = published(site, Leave(dead_links=True)).outcome.findings
        assert found.severity == Severity.WARNING
    assert stopped(site)


def test_a_fragment_that_leads_to_no_part_of_another_page_stops_it(site: Site) -> None:
    """Also when that page changed, and not the one with the link."""
    site.story("a.md", "[Part](/2024/11/01/b/#part)")
    site.story("b.md", "## The part {#part}\n\nText.")
    published(site)
    site.story("b.md", "## The part\n\nText.")
    (found,) = stopped(site)
    assert found.startswith("2024/11/01/a/index.html: error: the link to /2024/11/01/b/#part leads")
    site.story("b.md", "## A part {#part}\n\nText.")
    published(site)


def test_a_page_that_goes_is_looked_up_among_links(site: Site) -> None:
    """The page with the link is as it was, and is not read again."""
    site.story("a.md", "[b](/2024/11/01/b/)")
    site.story("b.md")
    published(site)
    (site.content / "b.md").unlink()
    with open(site.content / "ledger.tsv", "a", encoding="utf-8") as ledger:
        ledger.write("/2024/11/01/b/ gone\n")
    found = stopped(site, Leave(shrink=True))
    assert "the link to /2024/11/01/b/ leads nowhere: that page is gone" in found[0]


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_bytes(b"SQLite?" * 999)])
def test_what_inspections_know_may_be_lost(site: Site, harm: Callable[[Path], object]) -> None:
    """Then every file is read again."""
    site.story("a.md", "[Part](/2024/11/01/b/#part)")
    site.story("b.md", "## The part {#part}")
    published(site)
    harm(site.output.parent / ".microfiche" / "output" / "links.sqlite")
    site.story("b.md", "## The part")
    (found,) = stopped(site)
    assert "leads to no part of that page" in found


def test_an_inspection_leaves_nothing_beside_the_catalog(site: Site) -> None:
    """Neither a journal nor an index of one."""
    site.story("a.md")
    published(site)
    state = site.output.parent / ".microfiche" / "output"
    assert not [file.name for file in state.iterdir() if file.name.endswith(("-wal", "-shm"))]


def test_a_link_to_an_address_that_leads_on_passes(site: Site) -> None:
    """Its readers come where they want to."""
    site.story("a.md", "[b](/old/)")
    site.story("b.md", Aliases="/old/")
    published(site)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (SENTENCE, "text"),
        ("They say: Harbour to close on Monday", "title"),
        ("See <https://gazette.example/2030/01/01/secret/>", "address"),
    ],
)
def test_embargoed_words_stop_a_publication(site: Site, body: str, what: str) -> None:
    """Wherever somebody wrote them; the page and the words are told."""
    site.story(
        "secret.md", f"Early.\n\n{SENTENCE}.", Title="Harbour to close on Monday", Date="2030-01-01"
    )
    site.story("a.md", body)
    found = stopped(site, Leave(dead_links=True))
    assert [each for each in found if f"the {what} of 'secret.md', which is under embargo" in each]
    assert [each for each in found if each.startswith("2024/11/01/a/index.html: error")]


def test_embargoed_words_in_a_static_file_stop_it_too(site: Site) -> None:
    """Any byte that is published is looked at."""
    site.story("a.md")
    site.story("secret.md", SENTENCE, Date="2030-01-01")
    site.write("notes/plan.txt", f"To do: {SENTENCE}!")
    (found,) = stopped(site, STATIC_PATHS=["notes"])
    assert found.startswith("notes/plan.txt: error: it has the text of 'secret.md'")


def test_a_title_that_is_public_already_gives_nothing_away(site: Site) -> None:
    """Columns have one title every week."""
    title = "The week in the harbour"
    site.story("a.md", Title=title)
    site.story("b.md", Title=title, Date="2030-01-01")
    published(site)


def test_a_fifth_of_the_site_may_vanish_and_no_more(site: Site) -> None:
    """Without a word of the owner."""
    for number in range(12):
        site.story(f"s{number}.md", Date=f"20{number + 10}-03-04", Tags=f"Tag {number}")
    published(site)
    lines = []
    for number in range(8):
        (site.content / f"s{number}.md").unlink()
        day = f"20{number + 10}-03-04".replace("-", "/")
        lines += [f"/{day}/s{number}/ gone", f"/20{number + 10}/ gone", f"/tag/tag-{number}/ gone"]
        lines += ["/03/04/ gone"] if number == 0 else []
    with open(site.content / "ledger.tsv", "a", encoding="utf-8") as ledger:
        ledger.write("\n".join(line for line in lines if "/03/04/ " not in line) + "\n")
    (found,) = stopped(site)
    assert "pages and feeds would vanish, more than one in 5" in found
    assert "--allow-shrink" in found
    published(site, Leave(shrink=True))


def test_a_hosts_limits_stop_a_publication(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the host that is named; there are none where none is."""
    site.story("a.md")
    tiny = Profile("Tiny", files=3, folder_files=2, file_bytes=1_000, bytes=5_000)
    monkeypatch.setitem(PROFILES, "netlify", tiny)
    found = "\n".join(stopped(site, ARCHIVE_HOST="netlify"))
    assert "files, and Tiny takes 3 (stated" in found
    assert "bytes, and Tiny takes 5,000 (stated" in found
    assert "index.html: error: it has" in found
    assert "bytes, and Tiny takes 1,000 bytes in a file (stated" in found
    assert "files in it, and Tiny takes 2 in a folder (stated" in found
    published(site)


def test_what_is_due_is_known_without_a_build(site: Site) -> None:
    """0 when an embargo has ended, 1 when none has, 2 when nothing was published from here."""
    site.story("a.md")
    command = ["-o", str(site.output)]
    assert CliRunner().invoke(due, command).exit_code == 2
    published(site)
    asked = CliRunner().invoke(due, command)
    assert (asked.exit_code, asked.output) == (1, "not due: no story is under embargo\n")
    site.story("b.md", Date="2025-02-03 10:00")
    published(site)
    asked = CliRunner().invoke(due, command)
    assert (asked.exit_code, asked.output) == (0, "due since 2025-02-03 10:00 UTC\n")
    site.story("b.md", Date="2999-02-03 10:00")
    published(site)
    assert "not due before 2999-02-03 10:00" in CliRunner().invoke(due, command).output


@pytest.mark.parametrize(
    ("newest", "word"), [("", "past 2025-01-01"), ("2026-05-06", "2026-05-06")]
)
def test_a_clock_that_cannot_be_right_stops_a_publication(newest: str, word: str) -> None:
    """It is before this program, or before the last publication."""
    with pytest.raises(MicroficheError, match=f"clock says 2024-12-31, and .*{word}"):
        clock_is_right("2024-12-31", newest, stated=False)
    clock_is_right("2024-12-31", newest, stated=True)
    clock_is_right("2026-05-06", newest, stated=False)


def test_the_ledger_knows_when_the_last_publication_was(site: Site) -> None:
    """So the clock of any machine is held against it."""
    site.story("a.md")
    published(site)
    ledger = site.content / "ledger.tsv"
    ledger.write_text(ledger.read_text("utf-8").replace("\t2025-01-01", "\t2999-01-01"), "utf-8")
    (found,) = stopped(site, ARCHIVE_AS_OF=None)
    assert "and the last publication was on 2999-01-01; set the clock" in found


@pytest.mark.parametrize(
    ("url", "written", "target", "fragment"),
    [
        (URL, "/a/", "a/index.html", ""),
        (URL, "/a/?x=1#y", "a/index.html", "y"),
        (URL, f"{URL}/a.html", "a.html", ""),
        (URL, URL, "index.html", ""),
        (URL, "../b/", "2024/b/index.html", ""),
        (URL, "", "2024/a/index.html", ""),
        (URL, "#x%20y", "2024/a/index.html", "x y"),
        (URL, "/%D1%8F/", "я/index.html", ""),
        (f"{URL}/old", "/old/a/", "a/index.html", ""),
        ("", "/a/", "a/index.html", ""),
        ("", "../../", "index.html", ""),
    ],
)
def test_links_are_followed_as_browsers_do(
    url: str, written: str, target: str, fragment: str
) -> None:
    """Within the site, from the page that they are in."""
    page = "2024/a/index.html"
    assert led(url, page, written) == Lead(page, target, fragment)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        (URL, "//elsewhere.example/"),
        (URL, "mailto:desk@gazette.example"),
        (URL, f"{URL}.elsewhere.example/"),
        (f"{URL}/old", "/new/"),
    ],
)
def test_links_out_of_the_site_are_not_followed(url: str, written: str) -> None:
    """Other hosts, other schemes, other paths of the host."""
    assert led(url, "index.html", written) is None


@given(st.text(max_size=40))
def test_any_address_can_be_followed(written: str) -> None:
    """Whatever somebody wrote, it leads to a file below the root or out of the site."""
    found = led(URL, "a/index.html", written)
    assert found is None or not found.target.startswith(("/", "../"))
