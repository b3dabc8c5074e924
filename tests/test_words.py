"""The interface's words: complete in every language, counted as it counts, an owner's first."""

import re
from pathlib import Path

import pytest
from babel import Locale

import microfiche
from microfiche import messages
from microfiche.errors import TemplateFault
from microfiche.words import PACKAGED, Languages, Words, read_catalog

TEMPLATES = Path(microfiche.THEME) / "templates"
CATALOGS = sorted(PACKAGED.glob("*.po"))
COUNTED = ("{count} story", "{count} stories")
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n{plural}\n'
POLISH = (
    '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && '
    '(n%100<10 || n%100>=20) ? 1 : 2);\\n"'
)


@pytest.fixture(scope="module")
def said() -> list[messages.Message]:
    """All that the theme and the package say."""
    return messages.everything((TEMPLATES,))


def written(folder: Path, name: str, text: str, plural: str = POLISH) -> Path:
    """An owner's catalog."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(HEADER.format(plural=plural) + "\n" + text, encoding="utf-8")
    return path


def test_the_interface_speaks_six_languages() -> None:
    """English needs no catalog: it is what is translated."""
    assert Languages((), "en").tags == ("ar", "de", "en", "es", "fr", "uk")


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_catalog_is_complete(path: Path, said: list[messages.Message]) -> None:
    """Every message is translated, in all its forms, none is doubtful, and none is left over."""
    catalog = read_catalog(path, path.read_bytes())
    translated = {
        message.id
        for message in catalog
        if message.id
        and not message.fuzzy
        and all([message.string] if isinstance(message.string, str) else message.string or [""])
    }
    assert translated == set(said)
    assert path.read_text(encoding="utf-8") == messages.updated(path, said)


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_forms_are_those_of_the_language(path: Path) -> None:
    """The plural rule tells numbers apart as CLDR does, and every number has a form of its own."""
    words = Words(path.stem, path.stem, (path,))
    rule = Locale.parse(path.stem).plural_form
    pairs = {(rule(count), words.plural.form(count)) for count in range(1000)}
    assert len(pairs) == len({kind for kind, _ in pairs}) == len({form for _, form in pairs})
    assert len(words.forms(*COUNTED)) == words.plural.forms == len(pairs)


@pytest.mark.parametrize(
    ("lang", "counts"),
    [
        ("en", {1: "1 story", 0: "0 stories", 1204: "1,204 stories"}),
        ("en-in", {123456: "1,23,456 stories"}),
        ("uk", {1: "1 матеріал", 3: "3 матеріали", 11: "11 матеріалів", 1021: "1\xa0021 матеріал"}),
        ("ar", {1: "خبر واحد", 2: "خبران", 3: "3 أخبار", 11: "11 خبرًا", 100: "100 خبر"}),
        ("fr", {0: "0 article", 2: "2 articles", 1204: "1\u202f204 articles"}),
        ("de-ch", {1204: "1’204 Artikel"}),
    ],
)
def test_stories_are_counted_as_the_language_counts(lang: str, counts: dict[int, str]) -> None:
    """The number is written as the archive's own country writes it."""
    words = Languages((), lang).words(lang)
    assert {count: words.ngettext(*COUNTED, count) for count in counts} == counts


@pytest.mark.parametrize(
    ("archive", "page", "spoken"),
    [
        ("en", "uk", "uk"),
        ("en-gb", "de-CH", "de"),
        ("uk", "", "uk"),
        ("uk", "pl", "uk"),
        ("pl", "cs", "en"),
        ("pl", "zh-Hant-TW", "en"),
    ],
)
def test_a_page_is_in_the_nearest_language(archive: str, page: str, spoken: str) -> None:
    """The page's language, else the archive's, else English."""
    assert Languages((), archive).words(page).lang == spoken


def test_an_owner_adds_a_language_and_changes_words(tmp_path: Path) -> None:
    """His catalogs go before the package's, message by message, the first folder winning."""
    written(tmp_path / "mine", "uk.po", 'msgid "Tags"\nmsgstr "Мітки"\n')
    written(tmp_path / "theme", "uk.po", 'msgid "Tags"\nmsgstr ""\n\nmsgid "Tag"\nmsgstr "Мітка"\n')
    written(tmp_path / "theme", "pt_BR.po", 'msgid "Tags"\nmsgstr "Etiquetas"\n')
    written(tmp_path / "theme", "en.po", 'msgid "Tags"\nmsgstr "Topics"\n')
    languages = Languages((tmp_path / "mine", tmp_path / "theme"), "en")
    found = [
        languages.words(lang).gettext(text)
        for lang, text in [
            ("uk", "Tags"), ("uk", "Tag"), ("uk", "Archive"),
            ("pt-br", "Tags"), ("pt-br", "Tag"), ("pt", "Tags"), ("en-gb", "Tags"),
        ]
    ]  # fmt: skip
    assert found == ["Мітки", "Мітка", "Архів", "Etiquetas", "Tag", "Topics", "Topics"]


def test_what_an_owners_way_of_counting_has_no_form_for_is_said_in_english(tmp_path: Path) -> None:
    """A catalog with another plural rule than the package's makes the package's forms useless."""
    text = 'msgid "Tags"\nmsgstr "Мітки"\n'
    written(tmp_path, "uk.po", text, '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"')
    words = Languages((tmp_path,), "uk").words("uk")
    assert words.ngettext(*COUNTED, 5) == "5 stories"


def test_the_digest_follows_every_catalog(tmp_path: Path) -> None:
    """A changed word is seen, in its language alone."""
    written(tmp_path, "uk.po", 'msgid "Tags"\nmsgstr "Мітки"\n')
    before = Languages((tmp_path,), "en")
    digests = before.digest(), before.words("uk").digest, before.words("de").digest
    written(tmp_path, "uk.po", 'msgid "Tags"\nmsgstr "Позначки"\n')
    after = Languages((tmp_path,), "en")
    assert after.digest() != digests[0]
    assert after.words("uk").digest != digests[1]
    assert after.words("de").digest == digests[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("msgid Tags\n", "is no catalog"),
        ('msgid "By {names}"\nmsgstr "Przez"\n', "does not fit"),
        ('msgid "By {names}"\nmsgstr "Przez {name}"\n', "does not fit"),
        ('msgid "By {names}"\nmsgstr "Przez {names!x}"\n', "does not fit"),
        ('msgid "By {names}"\nmsgstr "Przez {names:>9999}"\n', "does not fit"),
        ('msgid "Tags"\nmsgstr "Tagi {"\n', "Tagi {"),
        (
            (
                'msgid "{count} story"\nmsgid_plural "{count} stories"\n'
                'msgstr[0] "{count} a"\nmsgstr[1] "{count} b"\nmsgstr[2] "{number} c"\n'
            ),
            "does not fit",
        ),
    ],
)
def test_a_broken_catalog_is_named(tmp_path: Path, text: str, said: str) -> None:
    """With its line where it has one, and what to do."""
    written(tmp_path, "pl.po", text)
    with pytest.raises(TemplateFault) as caught:
        Languages((tmp_path,), "en").words("pl")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("languages/pl.po", 6)
    assert said in problem.what
    assert problem.remedy


@pytest.mark.parametrize(
    "plural",
    [
        "nplurals=3; plural=(n/0);",
        "nplurals=2; plural=n;",
        "nplurals=99999999; plural=0;",
        f"nplurals={'9' * 5000}; plural=0;",
        'nplurals=9"\n"9999999; plural=0;',
    ],
)
def test_a_plural_rule_that_cannot_work_is_refused(tmp_path: Path, plural: str) -> None:
    """It is tried out before any page is made, and before memory is set aside for its forms."""
    text = 'msgid "{count} story"\nmsgid_plural "{count} stories"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    written(tmp_path, "pl.po", text, f'"Plural-Forms: {plural}\\n"')
    with pytest.raises(TemplateFault, match="Plural-Forms") as caught:
        Languages((tmp_path,), "en").words("pl")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("languages/pl.po", 4)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_says_nothing_by_itself(path: Path) -> None:
    """All its words go through gettext, those of attributes too."""
    source = re.sub(r"{% block kind %}.*?{% endblock %}", "", path.read_text("utf-8"))
    bare = re.sub(r"{([%#{]).*?[%#}]}", "\0", source, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>|&\w+;", "", bare)) == []
    assert re.findall(r'\b(?:alt|aria-label|title)="[^"\0]*[^\W\d_]', bare) == []
