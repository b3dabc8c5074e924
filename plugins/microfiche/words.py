"""The words of the interface: gettext catalogs, one a language, and numbers as each has them.

A catalog is a text, ``uk.po``. The package's own are in ``languages/`` beside this module; an
owner's are in a folder ``languages`` beside a folder of templates and go before them, message by
message. English is what the templates and the code say.
"""

from __future__ import annotations

import gettext
import hashlib
import re
import string
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from microfiche import dates
from microfiche.errors import Problem, TemplateFault

SOURCE = "en"
"""The language that messages are written in."""

PACKAGED = Path(__file__).parent / "languages"

_REMEMBERED = 65536
PLURAL_LIMIT = 10
"""Forms that a message may have; no language known to Unicode's CLDR has more than six."""
_NPLURALS = re.compile(rb"nplurals\s*=\s*(\d+)")
_JOIN = re.compile(rb'"\s*\n\s*"')
_PLURAL = "take the Plural-Forms line of another gettext catalog of the language"


class Plural(NamedTuple):
    """How a language counts: the index of the form that goes with a number, and how many it has."""

    form: Callable[[int], int]
    forms: int


_GERMANIC = Plural(lambda number: int(number != 1), 2)


class Words:
    """The interface in one language; what its catalogs lack is said in English."""

    def __init__(self, lang: str, locale: str, files: tuple[Path, ...]) -> None:
        """``files`` are its catalogs, the first that has a message winning.

        Raises:
            TemplateFault: when a catalog is broken.
        """
        self.lang = lang
        self.dir = dates.direction(lang)
        self._locale = dates.locale(locale)
        self._messages: dict[str, str] = {}
        self._plurals: dict[str, tuple[str, ...]] = {}
        self.plural = _GERMANIC
        seen = hashlib.blake2b(f"{lang} {locale}".encode(), digest_size=16)
        for path in reversed(files):
            data = _bytes(path)
            seen.update(data)
            self._add(path, data)
        self.digest = seen.digest()
        """Changes with any of its words."""
        self.marked = lru_cache(maxsize=_REMEMBERED)(self._marked)
        self.number = lru_cache(maxsize=_REMEMBERED)(self._number)
        self._counted = lru_cache(maxsize=_REMEMBERED)(self._one_counted)

    def _add(self, path: Path, data: bytes) -> None:
        catalog = read_catalog(path, data)
        plural = _plural(path, catalog, _line_of_plurals(data))
        if self._plurals and plural.forms != self.plural.forms:
            self._plurals.clear()  # another way of counting leaves no use for the other's forms
        self.plural = plural
        for message in catalog:
            if not message.id or message.fuzzy:
                continue
            _check(path, message, plural.forms)
            strings = _strings(message)
            if not all(strings):
                continue
            if isinstance(message.id, str):
                self._messages[message.id] = strings[0]
            else:
                self._plurals[message.id[0]] = strings

    def _marked(self, lang: str) -> Markup:
        """Attributes of an element of these words on a page in ``lang``; none if that is theirs."""
        if self.lang.partition("-")[0] == lang.partition("-")[0]:
            return Markup()
        return Markup(' lang="{}" dir="{}"').format(self.lang, self.dir)

    def gettext(self, text: str) -> str:
        """A message in this language."""
        return self._messages.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A message with the number that goes with it, written for ``{count}``."""
        return self._counted(self.forms(one, many), count)

    def forms(self, one: str, many: str) -> tuple[str, ...]:
        """All forms of a message that counts, in the order of the language's plural rule."""
        known = self._plurals.get(one)
        return known or tuple(
            one if self.plural.form(1) == number else many for number in range(self.plural.forms)
        )

    def counted(self, forms: tuple[str, ...], count: int, **values: object) -> str:
        """The form that goes with a number; other values than the count make it markup."""
        if not values:
            return self._counted(forms, count)
        return escape(forms[self.plural.form(count)]).format(count=self.number(count), **values)

    def _one_counted(self, forms: tuple[str, ...], count: int) -> str:
        return forms[self.plural.form(count)].format(count=self.number(count))

    def _number(self, number: int) -> str:
        return format_decimal(number, locale=self._locale)


def gettext_noop(text: str) -> str:
    """A message that is translated where it is used; here it is only made known."""
    return text


class Languages:
    """The languages that the interface speaks; made once a build."""

    def __init__(self, folders: tuple[Path, ...], lang: str) -> None:
        """``folders`` of the owner's catalogs, the first winning; ``lang`` is the archive's."""
        self._files: dict[str, tuple[Path, ...]] = {SOURCE: ()}
        for folder in (*folders, PACKAGED):
            for path in sorted(folder.glob("*.po")):
                tag = dates.language_tag(path.stem)
                self._files[tag] = (*self._files.get(tag, ()), path)
        self._lang = lang
        self._spoken: dict[str, Words] = {}
        self._words: dict[str, Words] = {}

    @property
    def tags(self) -> tuple[str, ...]:
        """The languages that there are catalogs of, English among them."""
        return tuple(sorted(self._files))

    def nearest(self, lang: str) -> str:
        """The language of the interface that serves a reader of ``lang``, empty if there is none.

        Follows the lookup of RFC 4647: ``pt-br``, then ``pt``.
        """
        tag = dates.language_tag(lang)
        while tag and tag not in self._files:
            tag = tag.rpartition("-")[0]
        return tag

    def words(self, lang: str) -> Words:
        """The interface of a page in ``lang``: in that language, else the archive's, else English.

        Raises:
            TemplateFault: when a catalog is broken.
        """
        if lang not in self._spoken:
            tag = self.nearest(lang) or self.nearest(self._lang) or SOURCE
            if tag not in self._words:
                locale = self._lang if self.nearest(self._lang) == tag else tag
                self._words[tag] = Words(tag, locale, self._files[tag])
            self._spoken[lang] = self._words[tag]
        return self._spoken[lang]

    def digest(self) -> bytes:
        """The digest of all catalogs."""
        found = hashlib.blake2b(digest_size=16)
        for tag, paths in sorted(self._files.items()):
            for path in paths:
                found.update(f"{tag}\0".encode() + _bytes(path))
        return found.digest()


def placeholders(text: str) -> set[str]:
    """The names in braces of a message, with what a translation may not add: ``{count:>9}``.

    Raises:
        ValueError: where a brace has no partner.
    """
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    }


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _fault(path, 0, f"cannot be read: {error.strerror}", "mend its permissions") from None


def read_catalog(path: Path, data: bytes) -> Catalog:
    """A catalog, as Babel has it; ``path`` is what is named where it is broken.

    Raises:
        TemplateFault: when it is no catalog.
    """
    for forms in _NPLURALS.findall(_JOIN.sub(b"", data)):
        if len(forms) > 9 or int(forms) > PLURAL_LIMIT:  # Babel would make that many of each
            what = f"Plural-Forms: there are more than {PLURAL_LIMIT} forms"
            raise _fault(path, _line_of_plurals(data), what, _PLURAL)
    try:
        return read_po(BytesIO(data), locale=None, abort_invalid=True)
    except PoFileError as error:
        what = str(error).rpartition(" on ")[0]  # which counts lines from 0
        raise _fault(path, error.lineno + 1, f"is no catalog: {what}", "mend the line") from None
    except (LookupError, TypeError, ValueError) as error:  # UnicodeDecodeError is a ValueError
        remedy = "save it as UTF-8, with the header of a gettext catalog"
        raise _fault(path, 0, f"is no catalog: {error}", remedy) from None


def _line_of_plurals(data: bytes) -> int:
    """The line that states how a language counts, 0 where there is none."""
    at = data.find(b"Plural-Forms")
    return data.count(b"\n", 0, at) + 1 if at >= 0 else 0


def _plural(path: Path, catalog: Catalog, line: int) -> Plural:
    """The plural rule that the header states (``Plural-Forms``, as gettext has it)."""
    try:
        index = gettext.c2py(catalog.plural_expr)
        found = {index(number) for number in range(1000)}
    except (ArithmeticError, ValueError) as error:
        raise _fault(path, line, f"Plural-Forms: {error}", _PLURAL) from None
    if not found <= set(range(catalog.num_plurals)):
        what = f"Plural-Forms: there are {catalog.num_plurals} forms, and none of number "
        raise _fault(path, line, f"{what}{max(found)}", _PLURAL)
    return Plural(index, catalog.num_plurals)


def _check(path: Path, message: Message, forms: int) -> None:
    """Refuse a translation that has not the placeholders of what it translates."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set().union(*map(placeholders, sources))
    for text in filter(None, _strings(message)):
        try:
            named = placeholders(text)
        except ValueError as error:
            raise _fault(path, message.lineno, f"{text!r}: {error}", "mend the braces") from None
        less = wanted - {"count"} if len(sources) > 1 else wanted
        if not less <= named <= wanted:
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "no braces"
            raise _fault(path, message.lineno, f"{text!r} does not fit", f"it takes {names}")
    found = len(_strings(message))
    if len(sources) > 1 and any(_strings(message)) and found != forms:
        what = f"{sources[0]!r} has {found} forms"
        raise _fault(path, message.lineno, what, f"write the {forms} of Plural-Forms")


def _strings(message: Message) -> tuple[str, ...]:
    """The translation in all its forms; one where the message does not count."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _fault(path: Path, line: int | None, what: str, remedy: str) -> TemplateFault:
    return TemplateFault([Problem(f"languages/{path.name}", line or 0, what, remedy, inside=False)])
