"""Pictures in the text of stories: which they are, what they lack, what becomes of their HTML."""

from __future__ import annotations

import pytest

from microfiche.figures import Images, Pixels, dress, nameless
from microfiche.links import Finder
from microfiche.records import Shown
from microfiche.views import Picture, PictureSource, Rendition

FINDER = Finder(r"[{|](?P<what>.*?)[|}]")
SOURCES = (
    PictureSource("image/webp", (Rendition("r/1-480.webp", 480), Rendition("r/1-900.webp", 900))),
)
PHOTOGRAPH = Picture("a.jpg", "", width=900, height=600, plain="r/1-480.jpg", sources=SOURCES)
DRAWING = Picture("a.svg", "", width=320, height=200)


def dressed(html: str, picture: Picture | None = DRAWING, *, leads: bool = False) -> str:
    """A body whose pictures are all this one."""
    found = Pixels(picture, picture.plain) if picture else None
    return dress(html, lambda _: found, "/", leads=leads, rich=True)


@pytest.mark.parametrize(
    ("src", "target"),
    [
        ("{static}/images/a%20b.png", Shown("images/a b.png", linked=True)),
        ("{static}a.png?v=1", Shown("news/a.png", linked=True)),
        ("{attach}../a.png", Shown("a.png", linked=True)),
        ("|filename|a.png", Shown("news/a.png", linked=True)),
        ("/images/a%20b.png?v=1#x", Shown("images/a b.png", linked=False)),
        ("../images/a.png", Shown("2024/images/a.png", linked=False)),
        ("{tag}Moon", None),
        ("https://e.org/a.png", None),
        ("//e.org/a.png", None),
        ("data:image/png;base64,AAAA", None),
        ("http://[", None),
        ("", None),
        ("#a", None),
    ],
)
def test_a_picture_is_known_by_its_address(src: str, target: Shown | None) -> None:
    """As a link between sources, or by the address at which it is published."""
    images = Images(FINDER, "{path}", "/")
    assert images.target("news/a.md", "2024/b/", src) == target
    found = images.shown("news/a.md", "2024/b/", f'<p><img alt="x" src="{src}"> &lt;img&gt;</p>')
    assert found == ((target,) if target else ())


def test_static_files_may_be_published_elsewhere() -> None:
    """STATIC_URL says where."""
    images = Images(FINDER, "files/{path}", "/")
    assert images.target("a.md", "a/", "/files/a.png") == Shown("a.png", linked=False)
    assert images.target("a.md", "a/", "/a.png") is None


def test_a_site_may_stand_below_the_root_of_its_host() -> None:
    """What stands beside it there is another's."""
    images = Images(FINDER, "{path}", "/gazette/")
    for src in ("/gazette/images/a.png", "../images/a.png"):
        assert images.target("a.md", "a/", src) == Shown("images/a.png", linked=False)
    for src in ("/images/a.png", "../../images/a.png", "/gazette/", "/gazette"):
        assert images.target("a.md", "a/", src) is None


def test_a_picture_without_words_is_told_with_its_line() -> None:
    """An empty text too, for Markdown writes one where nobody thought of it."""
    text = "Title: A\n\n![](a.png)\n\n<img src=b.png>\n\n![B](b.png)\n"
    html = '<p><img alt="" src="a.png"></p><p><IMG src="b.png"><img alt=" B" src="b.png"></p>'
    found = list(nameless("a.md", text, html))
    assert [(each.line, each.what.split("'")[1]) for each in found] == [(3, "a.png"), (5, "b.png")]


def test_decoration_needs_no_words() -> None:
    """Its role says that it is."""
    assert not list(nameless("a.md", "", '<img src="a.png" alt="" role="presentation">'))


def test_size_is_put_in_and_what_is_out_of_sight_waits() -> None:
    """Nothing jumps when the picture comes."""
    assert dressed('<p><img alt="A" src="{static}/a.svg" /></p>') == (
        '<p><img alt="A" src="{static}/a.svg" loading="lazy" width="320" height="200"></p>'
    )


@pytest.mark.parametrize(
    ("stated", "added"),
    [
        (' width="160"', ' height="100"'),
        (' height="100"', ' width="160"'),
        (' width="10" height="10"', ""),
        (' width="50%"', ""),
    ],
)
def test_a_size_that_is_stated_stays(stated: str, added: str) -> None:
    """What is not stated follows from it."""
    html = dressed(f'<img loading="eager"{stated}>')
    assert html == f'<img loading="eager"{stated}{added}>'


def test_a_photograph_comes_in_sizes_and_formats() -> None:
    """The plain one is for browsers that know no other; the slot is the measure of the text."""
    assert dressed('<img alt="A" src="/a.jpg">', PHOTOGRAPH) == (
        '<picture><source type="image/webp" sizes="(min-width: 640px) 640px, 100vw" '
        'srcset="/r/1-480.webp 480w, /r/1-900.webp 900w">'
        '<img alt="A" src="/r/1-480.jpg" loading="lazy" width="900" height="600"></picture>'
    )


def test_a_photograph_that_is_shown_small_says_so() -> None:
    """By its width attribute."""
    html = dressed('<img alt="A" src="/a.jpg" width="300">', PHOTOGRAPH)
    assert 'sizes="(min-width: 300px) 300px, 100vw"' in html
    assert 'height="200"' in html


def test_feeds_get_one_address() -> None:
    """Their readers know no more, and load at once or not at all."""
    found = Pixels(PHOTOGRAPH, PHOTOGRAPH.plain)
    html = dress(
        '<img alt="A" src="/a.jpg">', lambda _: found, "https://e.org/", leads=False, rich=False
    )
    assert html == '<img alt="A" src="https://e.org/r/1-480.jpg" width="900" height="600">'


def test_pictures_of_others_are_left_alone_but_wait() -> None:
    """Nothing is known of them."""
    assert dressed('<img src="https://e.org/a.png">', None) == (
        '<img src="https://e.org/a.png" loading="lazy">'
    )


def test_the_first_picture_may_be_in_sight() -> None:
    """Where the story has none above its text, and not far down."""
    html = dressed('<img src="a"><img src="b">', None, leads=True)
    assert html == '<img src="a"><img src="b" loading="lazy">'
    far = dressed("x" * 2_000 + '<img src="a">', None, leads=True)
    assert far.endswith('<img src="a" loading="lazy">')


def test_a_title_is_the_caption_of_a_picture_that_stands_alone() -> None:
    """Not of one within a sentence, and not where it only repeats the words."""
    assert dressed('<p><img alt="A" src="a" title="At &lt;sea&gt;"></p>', None) == (
        '<figure class="figure">\n<img alt="A" src="a" loading="lazy">\n'
        "<figcaption>At &lt;sea&gt;</figcaption>\n</figure>"
    )
    for html in (
        '<p>x <img alt="A" src="a" title="B"></p>',
        '<p><img alt="A" src="a" title="A"></p>',
    ):
        assert "figure" not in dressed(html, None)


@pytest.mark.parametrize(
    "html",
    ["<p>&lt;img src=x&gt;</p>", "<imgx>", "<img", '<img alt="', "<p>a < b</p>"],
)
def test_what_is_no_picture_stays(html: str) -> None:
    """Text about HTML is no HTML."""
    assert dressed(html) == html


def test_attributes_stay_within_their_quotes() -> None:
    """Whatever stands in them, and of two of a name the first counts, as in a browser."""
    html = dressed("""<img alt='a "b" > <i>' alt=c src="a&amp;b" class=x>""", None)
    assert html == (
        '<img alt="a &quot;b&quot; &gt; &lt;i&gt;" src="a&amp;b" class="x" loading="lazy">'
    )
