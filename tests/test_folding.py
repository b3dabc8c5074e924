"""Messages are constants by the time a template is compiled."""

from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from microfiche.templating import ViewEnvironment
from microfiche.words import Words

CATALOG = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
"(n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "Archive & more"
msgstr "Архів <і> ще"

msgid "{name} at {time}"
msgstr "о {time} — {name}"

msgid "{count} story"
msgid_plural "{count} stories"
msgstr[0] "{count} стаття"
msgstr[1] "{count} статті"
msgstr[2] "{count} статей"
"""


@pytest.fixture
def environment(tmp_path: Path) -> ViewEnvironment:
    """An environment that speaks Ukrainian."""
    (tmp_path / "uk.po").write_text(CATALOG, encoding="utf-8")
    return ViewEnvironment((), Words("uk", "uk", (tmp_path / "uk.po",)))


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ('{{ _("Archive & more") }}', "Архів &lt;і&gt; ще"),
        ('{{ _("Other & more") }}', "Other &amp; more"),
        ('<p title="{{ _("Archive & more") }}">', '<p title="Архів &lt;і&gt; ще">'),
        ('{% set x = _("Archive & more") %}{{ x }}', "Архів &lt;і&gt; ще"),
        ('{{ _("{name} at {time}", name=page, time="<9>"|safe) }}', "о <9> — &lt;b&gt;"),
        ('{{ ngettext("{count} story", "{count} stories", 1) }}', "1 стаття"),
        ('{{ ngettext("{count} story", "{count} stories", 22) }}', "22 статті"),
        ('{{ ngettext("{count} story", "{count} stories", 12345) }}', "12\xa0345 статей"),
        ('{{ ngettext("{count} of {x}", "{count} of {x}", 2, x=page) }}', "2 of &lt;b&gt;"),
        ("{{ number(1234) }}", "1\xa0234"),
    ],
)
def test_a_message_is_written_in_the_language_and_escaped(
    environment: ViewEnvironment, template: str, written: str
) -> None:
    """Values stand where the translation has them; markup among them stays markup."""
    assert environment.from_string(template).render(page="<b>") == written


def test_a_message_costs_a_page_nothing(environment: ViewEnvironment) -> None:
    """It is one text with what stands around it when the template is compiled."""
    code = environment.compile('<p>{{ _("Archive & more") }}</p>', raw=True)
    assert "\n        '<p>Архів &lt;і&gt; ще</p>',\n" in code


@pytest.mark.parametrize(
    "template",
    [
        "{{ _(page) }}",
        "{{ _() }}",
        '{{ _("By {name}", nome=page) }}',
        '{{ ngettext("{count} story", "{count} stories") }}',
        '{{ ngettext("{count} story", "{number} stories", 2) }}',
    ],
)
def test_a_message_that_cannot_be_translated_is_a_fault(
    environment: ViewEnvironment, template: str
) -> None:
    """Messages are written out, and name the values that they are given."""
    with pytest.raises(TemplateSyntaxError):
        environment.from_string(template)
