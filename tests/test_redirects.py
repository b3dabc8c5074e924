"""Former addresses lead on: by a page on every host, and by rules on those that have them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given

from microfiche.catalog.redirects import Rule
from microfiche.hosts.apache import htaccess
from microfiche.hosts.netlify import redirects as netlify
from microfiche.hosts.nginx import http as nginx
from microfiche.hosts.rules import HostView
from microfiche.story import identity_of
from tests.conftest import Site
from tests.test_ledger import output_files

NGINX_FORM = r'    "(?:/[^"$\\A-Z\x00-\x20\x7f]*|~\^/(?:[\w/-]|\\x[0-9a-f]{2})*\$)" "/2024/";'
NGINX_FORM += r"|map_hash.*\d;"


def rules(site: Site) -> list[str]:
    """The lines of `_redirects`."""
    return site.page("_redirects").splitlines()[1:]


def test_an_alias_leads_to_its_story(site: Site) -> None:
    """With a leading slash, with an ending or without; nothing is written twice."""
    site.story(Aliases="/old/moon.html, /older/, /oldest")
    site.publish()
    assert rules(site) == [
        "/old/moon.html /2024/11/01/story/ 301",
        "/older/ /2024/11/01/story/ 301",
        "/oldest/ /2024/11/01/story/ 301",
    ]
    for path in ("old/moon.html", "older/index.html", "oldest/index.html"):
        assert 'content="0; url=/2024/11/01/story/"' in site.page(path)


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("https://elsewhere.example/moon/", "does not begin with a slash"),
        ("javascript:alert(1)", "does not begin with a slash"),
        ("/../../etc/passwd", "cannot be the address"),
        ("/moon landing/", "white space"),
        ("/?p=17", "query"),
        ("/moon%0a/", "cannot be the address"),
        ("/.htaccess", "hidden"),
        (f"/{'moon' * 99}/", "too long"),
    ],
)
def test_an_alias_that_is_no_address_is_told(site: Site, alias: str, said: str) -> None:
    """With its line."""
    site.story(Aliases=alias)
    (found,) = site.refuse()
    assert found.startswith("content/story.md:3: error: the alias ")
    assert said in found


def test_an_alias_never_hides_a_page(site: Site) -> None:
    """Of a story, of a list, of a file; its own address is no error."""
    site.story("a.md", Aliases="/2024/11/01/b/, /2024/, /2024/11/01/a/")
    site.story("b.md")
    found = site.refuse()
    assert [each.split(", and")[0] for each in found] == [
        "content/a.md:1: error: the address /2024/ is that of the year page",
        "content/a.md:1: error: the address /2024/11/01/b/ is that of 'b.md'",
    ]


def test_two_stories_cannot_have_been_at_one_address(site: Site) -> None:
    """Nor can one be where the ledger says that something is gone."""
    site.story("a.md", Aliases="/old/")
    site.story("b.md", Aliases="/old/, /gone/")
    site.write("ledger.tsv", "/gone/ gone\n")
    assert site.refuse() == [
        "content/b.md:1: error: the alias /gone/ is claimed by the ledger too; keep one of the two",
        "content/b.md:1: error: the alias /old/ is claimed by 'a.md' too; keep one of the two",
    ]


def test_nothing_of_a_story_that_is_kept_back_shows(site: Site) -> None:
    """Its aliases lead nowhere until it is published."""
    site.story("a.md")
    site.story("draft.md", Status="draft", Aliases="/secret/")
    site.story("later.md", Date="2030-01-01", Aliases="/embargoed/")
    site.publish()
    assert not {path for path in site.files() if "redirects" in path}
    site.publish(ARCHIVE_AS_OF="2031-01-01")
    assert rules(site) == ["/embargoed/ /2030/01/01/later/ 301"]


def test_an_archive_where_nothing_has_moved_has_no_rules(site: Site) -> None:
    """And none are left over once nothing leads on any more."""
    site.story(Aliases="/old/")
    site.publish()
    assert {"_redirects", "old/index.html"} <= site.files().keys()
    site.story()
    site.publish()
    assert not {"_redirects", "old/index.html"} & site.files().keys()
    assert "RewriteRule" not in site.page(".htaccess")


def test_an_owners_own_rules_are_not_written_over(site: Site) -> None:
    """Pelican's archives often bring their own."""
    site.story(Aliases="/old/")
    site.write("extra/htaccess", "# ours\n")
    site.publish(
        STATIC_PATHS=["extra"], EXTRA_PATH_METADATA={"extra/htaccess": {"path": ".htaccess"}}
    )
    assert site.page(".htaccess") == "# ours\n"
    assert len(rules(site)) == 1
    site.publish()
    assert "RewriteRule" in site.page(".htaccess")


def test_chains_end_at_the_last_page(site: Site) -> None:
    """And what leads to something gone is gone."""
    site.story()
    site.write("ledger.tsv", "/a/ /b/\n/b/ /c/\n/c/ /2024/\n/d/ /e/\n/e/ gone\n")
    site.publish()
    assert rules(site) == [
        "/a/ /2024/ 301",
        "/b/ /2024/ 301",
        "/c/ /2024/ 301",
        "/d/ /404.html 410",
        "/e/ /404.html 410",
    ]
    assert "d/index.html" not in site.files()


def test_a_chain_may_have_any_length(site: Site) -> None:
    """Each link of it is looked up once."""
    site.story()
    site.write(
        "ledger.tsv", "".join(f"/x{n}/ /x{n + 1}/\n" for n in range(1500)) + "/x1500/ /2024/\n"
    )
    site.publish()
    assert {line.split(" ", 1)[1] for line in rules(site)} == {"/2024/ 301"}


@pytest.mark.parametrize(
    "kind",
    [
        "day",
        "corrections-by-calendar",
        "tag-list",
        "tag-by-calendar",
        "tag-feed",
        "feed",
        "history",
    ],
)
@pytest.mark.parametrize("key", ["", "x", "2024-99-99", "a/b/c/rss"])
def test_a_ledger_that_names_pages_that_never_were_is_harmless(
    site: Site, kind: str, key: str
) -> None:
    """A key that somebody damaged leads up to a page, or nowhere."""
    site.story(Tags="Moon")
    site.write("ledger.tsv", f"/there/\t{kind}:{key}\t2024-01-01\n")
    site.publish()
    assert "index.html" in site.files()


def test_addresses_that_lead_in_a_circle_are_told(site: Site) -> None:
    """Each circle once, at a line of its own, whatever leads into it."""
    site.story()
    site.write("ledger.tsv", "/0/ /b/\n/a/ /b/\n/b/ /a/\n/c/ /c/\n/d/ /c/\n")
    assert [each.split(";")[0] for each in site.refuse()] == [
        "content/ledger.tsv:2: error: these addresses lead in a circle: /a/ → /b/ → /a/",
        "content/ledger.tsv:4: error: these addresses lead in a circle: /c/ → /c/",
    ]


def test_an_address_that_leads_to_no_page_is_told(site: Site) -> None:
    """A redirect to a page that is not there is a dead link with a detour."""
    site.story()
    site.write("ledger.tsv", "/a/ /nowhere/\n")
    (found,) = site.refuse()
    assert found.startswith("content/ledger.tsv:1: error: /a/ leads to /nowhere/, where there is")


def test_an_address_below_a_file_is_told_where_it_is_written(site: Site) -> None:
    """No folder can have the name of a feed, whoever asks for it."""
    site.story(Aliases="/feed.xml/")
    site.write("ledger.tsv", "# former addresses\n/feed.xml/old/ /2024/\n")
    below = "would lie below the file 'feed.xml' of the archive"
    assert sorted(site.refuse()) == [
        f"content/ledger.tsv:2: error: the address /feed.xml/old/ {below}; delete the line",
        f"content/story.md:1: error: the address /feed.xml/ {below}; take it out of Aliases",
    ]


def test_a_former_page_below_what_is_a_file_now_has_a_rule_and_no_page(site: Site) -> None:
    """Nobody wrote that address on purpose, so that nobody could take it back."""
    site.story("a.md", Save_as="moon.html")
    site.write("ledger.tsv", f"/moon.html/\t{identity_of('a')}\t2024-01-01\n")
    site.publish()
    assert "/moon.html/ /moon.html 301" in rules(site)
    assert "moon.html" in site.files()


def test_a_ledger_never_hides_a_page(site: Site) -> None:
    """What was declared gone and is there again is there."""
    site.story()
    site.write("ledger.tsv", "/2024/11/01/story/ gone\n")
    (found,) = site.refuse()
    assert found.startswith("content/ledger.tsv:1: error: the address /2024/11/01/story/ is that")
    assert "delete the line" in found


def test_an_error_in_one_line_does_not_undo_the_others(site: Site) -> None:
    """A build that keeps going publishes what is sound."""
    site.story()
    site.write("ledger.tsv", "/a/ /nowhere/\n/b/ /2024/\nnonsense\n")
    built = site.build(ARCHIVE_KEEP_GOING=True)
    assert len(built.errors) == 2
    assert rules(site) == ["/b/ /2024/ 301"]


def test_a_name_that_differs_in_case_alone_has_a_rule_and_no_page(site: Site) -> None:
    """There are file systems on which the two would be one."""
    site.story("about.md", Slug="about")
    site.write("ledger.tsv", "/2024/11/01/About/ /2024/11/01/about/\n")
    site.publish()
    assert rules(site) == ["/2024/11/01/About/ /2024/11/01/about/ 301"]
    assert "2024/11/01/About/index.html" not in site.files()


def test_more_rules_than_a_host_heeds_are_noted(site: Site) -> None:
    """The pages at the former addresses lead on all the same."""
    site.story()
    site.write("ledger.tsv", "".join(f"/x{number}/ /2024/\n" for number in range(1001)))
    (note,) = site.publish().notes
    assert note.startswith("_redirects: note: it has 1,001 rules, more than GitLab Pages (1,000)")


def test_rules_begin_with_the_path_of_the_site(site: Site) -> None:
    """The hosts see it, but for Apache, which counts from the folder that the file lies in."""
    site.story(Aliases="/old/")
    site.publish(SITEURL="https://gazette.example/archive")
    assert rules(site) == ["/archive/old/ /archive/2024/11/01/story/ 301"]
    assert '"/archive/old/" "/archive/2024/11/01/story/";' in site.page("http.nginx.conf")
    assert '"^old/?$" "/archive/2024/11/01/story/"' in site.page(".htaccess")


@pytest.mark.parametrize(
    ("write", "form"),
    [
        (netlify, r"/[A-Za-z0-9._~%/-]* /2024/ 301"),
        (nginx, NGINX_FORM),
        (htaccess, r'RewriteRule "\^(?:[\w/-]|\\x[0-9a-f]{2})*(?:/\?)?\$" "/2024/" \[R=301,L,NE\]'),
    ],
)
@given(output_files)
def test_an_address_is_one_word_of_a_rule(
    write: Callable[[HostView], str], form: str, path: str
) -> None:
    """Nothing in it ends a line, a string or a rule, or is put in for something else."""
    other, rule = Rule("-.xml", "2024/"), Rule(f"{path}/index.html", "2024/")
    without = write(HostView("/", (other,))).splitlines()
    added = [line for line in write(HostView("/", (rule,))).splitlines() if line not in without]
    assert added
    assert [line for line in added if not re.fullmatch(form, line)] == []
