"""The ledger: lines that mean one thing, and a clear word about all others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microfiche.addresses import UnsoundAddress, astray, file_of
from microfiche.publish.ledger import address_of, lines, parsed, revise, written
from microfiche.story import identity_of
from tests.conftest import Site

MOON = identity_of("moon")

output_files = (
    st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4)
    .map("/".join)
    .filter(lambda path: not astray(path) and len(path.encode(errors="ignore")) < 200)
    .filter(lambda path: path.isprintable() or "\u00a0" in path)
)


@given(output_files, st.text(max_size=20))
def test_a_line_says_what_was_written(path: str, name: str) -> None:
    """Whatever stands in a file's name comes back from one line of parted columns."""
    path = path.encode(errors="ignore").decode() or "x"
    if astray(path) or path.endswith("index.html"):
        return
    name = name.encode(errors="ignore").decode()
    line = written(path, MOON, "2024-11-01", name)
    entry = parsed(line)
    assert entry
    assert (entry.path, entry.identity, entry.since) == (path, MOON, "2024-11-01")
    assert entry.known == (identity_of(name) if name else "")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("index.html", "/"),
        ("2024/a/index.html", "/2024/a/"),
        ("a.html", "/a.html"),
        ("a b/index.html", "/a%20b/"),
        ("100%.html", "/100%25.html"),
        ("a?b#c.html", "/a%3Fb%23c.html"),
        ("слово/index.html", "/слово/"),
    ],
)
def test_an_address_is_written_as_a_reader_sees_it(path: str, address: str) -> None:
    """Only what would part a line or mean something is encoded."""
    assert address_of(path) == address
    assert file_of(address) == path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/a/", "1 columns"),
        ("a/ gone", "begin with a slash"),
        ("/a/../../etc/passwd gone", "cannot be the address"),
        ("/a//b/ gone", "cannot be the address"),
        ("/a/ https://elsewhere.example/", "neither `gone` nor an address"),
        ("/a/ javascript:alert(1)", "neither `gone` nor an address"),
        ("/a/ //elsewhere.example/", "cannot be the address"),
        ("/a/ /b/ /c/ /d/ /e/", "5 columns"),
        ("/a/?p=1 gone", "query"),
        ("/a/%0a/ gone", "cannot be the address"),
        ("/a%5cb/ gone", "cannot be the address"),
        ("/a%ff/ gone", "not UTF-8"),
        ("/.htaccess gone", "hidden"),
        ("/.well-known/x/ /a/", "hidden"),
        (f"/{'x' * 300}/ gone", "too long"),
        (f"/{'x/' * 5000} gone", "characters"),
        (f"/a/\t{MOON}\tyesterday", "not a day"),
        (f"/a/\t{MOON}\t2024-13-01", "not a day"),
        ("/a/\tmoon\t2024-11-01", "not the identity"),
        ("<<<<<<< HEAD", "merge"),
        ("=======", "merge"),
        (">>>>>>> theirs", "merge"),
    ],
)
def test_a_line_of_another_form_is_refused(line: str, said: str) -> None:
    """With what is wrong and what to do."""
    with pytest.raises(UnsoundAddress) as error:
        parsed(line)
    assert said in error.value.what
    assert error.value.remedy


def test_lines_are_read_in_order_whatever_their_order(tmp_path: Path) -> None:
    """Windows' line ends, a byte order mark, comments and repetitions mean nothing."""
    file = tmp_path / "ledger.tsv"
    file.write_bytes(b"\xef\xbb\xbf/b/ gone\r\n# comment\r\n\r\n/a/ gone\r\n/b/ gone\r\n")
    assert [(line.text, line.number) for line in lines(file, [])] == [
        ("/a/ gone", 4),
        ("/b/ gone", 1),
    ]


def test_a_ledger_is_revised_in_one_step(tmp_path: Path) -> None:
    """Lines come and go, the others stay; comments stay at the top, in their order."""
    file = tmp_path / "ledger.tsv"
    file.write_text("/b/ gone\n# ours\n# also ours\n/a/ gone\n", "utf-8")
    revise(file, ["/ab/ gone"], ["/b/ gone"])
    first, *rest = file.read_text("utf-8").splitlines()
    assert first.startswith("# Every address")
    assert rest == ["# ours", "# also ours", "/a/ gone", "/ab/ gone"]
    assert list(tmp_path.iterdir()) == [file]


def told(site: Site, ledger: str | bytes) -> list[str]:
    """The errors of a build with this ledger."""
    site.story()
    site.write("ledger.tsv", ledger)
    return site.refuse()


def test_every_bad_line_is_told_with_its_number(site: Site) -> None:
    """And nothing is published."""
    found = told(site, "# comment\n/a/ gone\n/b/ ftp://x/\n\n/c/\n")
    assert [each.split(": error")[0] for each in found] == [
        "content/ledger.tsv:3",
        "content/ledger.tsv:5",
    ]


def test_an_unresolved_merge_is_told_as_that(site: Site) -> None:
    """The lines of both sides are kept in nearly every case."""
    found = told(site, "<<<<<<< ours\n/a/ gone\n=======\n/b/ gone\n>>>>>>> theirs\n")
    assert len(found) == 3
    assert all("keep the lines of both sides" in each for each in found)


def test_lines_that_contradict_each_other_are_told_with_both_numbers(site: Site) -> None:
    """Gone and not gone, or two stories of one address."""
    ledger = f"/a/ gone\n/a/ /2024/\n/b/\t{MOON}\t2024-01-01\n/b/\t{identity_of('x')}\t2024-01-01\n"
    found = told(site, ledger)
    assert [each.split(";")[0] for each in found] == [
        "content/ledger.tsv:2: error: /a/ stands in line 1 with something else",
        "content/ledger.tsv:4: error: /b/ stands in line 3 with something else",
    ]


def test_what_is_no_text_is_told(site: Site) -> None:
    """With the number of its line."""
    (found,) = told(site, b"/a/ gone\n\xff\xfe\n")
    assert found.startswith("content/ledger.tsv:2: error: the byte 0xFF is not UTF-8")


def test_a_ledger_that_is_no_file_is_refused(site: Site) -> None:
    """A link could lead anywhere."""
    site.story()
    (site.content / "ledger.tsv").symlink_to("/etc/passwd")
    (found,) = site.refuse()
    assert "no regular file" in found


def test_the_ledger_is_never_published(site: Site) -> None:
    """Not even by an archive that publishes its whole content folder."""
    site.story()
    site.write("ledger.tsv", "# nothing yet\n")
    site.publish(STATIC_PATHS=[""])
    assert "ledger.tsv" not in site.files()
