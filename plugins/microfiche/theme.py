"""The theme: templates with the digest of all that goes into each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import jinja2
from jinja2 import meta

from microfiche.assets import Assets
from microfiche.errors import Problem, TemplateFault
from microfiche.publish import protection
from microfiche.templating import PageTemplate, ViewEnvironment
from microfiche.words import SOURCE, Languages, Words

_STYLE = re.compile(r"<style[^<>]*>([^{]*(?:\{(?![{%#])[^{]*)*)</style>")
"""A style element of a template, with the text that it has on every page."""


class Theme:
    """Templates and files, read once a build."""

    def __init__(
        self, folders: tuple[Path, ...], statics: tuple[str, ...], published: str, lang: str
    ) -> None:
        """``lang`` is the archive's language."""
        self._folders = folders
        self.languages = Languages(tuple(folder.parent / "languages" for folder in folders), lang)
        self.assets = Assets(
            [folders[-1].parent / static for static in statics], folders[:-1], published
        )
        self._digests: dict[str, bytes] = {}
        self._referenced: dict[str, list[str | None]] = {}
        self._environments: dict[str, ViewEnvironment] = {}
        self.environment = ViewEnvironment(folders, Words(SOURCE, SOURCE, ()))

    def template(self, name: str, words: Words) -> PageTemplate:
        """A compiled template with its words in one language.

        Raises:
            TemplateFault: when it is missing or does not compile.
        """
        if words.lang not in self._environments:
            self._environments[words.lang] = ViewEnvironment(self._folders, words)
        try:
            return self._environments[words.lang].get_template(name)
        except jinja2.TemplateNotFound as error:
            raise TemplateFault([missing_template(str(error))]) from None
        except jinja2.TemplateSyntaxError as error:
            raise TemplateFault([_faulty(error.name or name, error.lineno, error)]) from None

    def named(self, file: str) -> str:
        """A template by its file: the folder's name and its own; empty for what is none."""
        for folder in self._folders:
            if file.startswith(f"{folder}/"):
                return f"{folder.name}{file.removeprefix(str(folder))}"
        return ""

    def digest(self, name: str) -> bytes:
        """The digest of a template with everything it extends, includes and imports."""
        if not name:
            return b""
        if name not in self._digests:
            digest = hashlib.blake2b(digest_size=16)
            for part in sorted(self.parts(name)):
                digest.update(part.encode() + b"\0" + self._source(part).encode() + b"\0")
            self._digests[name] = digest.digest()
        return self._digests[name]

    def policy(self, directives: Iterable[tuple[str, str]]) -> str:
        """The Content Security Policy of pages: styles that stand in templates are allowed."""
        return protection.policy(directives, self._styles)

    @cached_property
    def _styles(self) -> list[str]:
        """The texts of style elements of templates."""
        sources = map(self._source, self.environment.list_templates())
        return sorted({text for source in sources for text in _STYLE.findall(source)})

    def whole_digest(self) -> bytes:
        """The digest of all templates, words and files: whether anything in the theme changed."""
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(self.environment.list_templates()):
            digest.update(name.encode() + b"\0" + self._source(name).encode() + b"\0")
        for name, found in self.assets.files.items():
            digest.update(name.encode() + b"\0" + found.digest)
        digest.update(self.assets.style.encode() + self.languages.digest())
        return digest.digest()

    def parts(self, name: str) -> set[str]:
        """A template and all that it may draw on; all templates where a name is computed."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            part = waiting.pop()
            if part in found:
                continue
            found.add(part)
            for other in self._references(part):
                if other is None:
                    return set(self.environment.list_templates())
                waiting.append(other)
        return found

    def _references(self, name: str) -> list[str | None]:
        """What a template names that it extends, includes or imports; None for a computed name."""
        if name not in self._referenced:
            try:
                tree = self.environment.parse(self._source(name), name)
            except jinja2.TemplateSyntaxError as error:
                raise TemplateFault([_faulty(name, error.lineno, error)]) from None
            self._referenced[name] = list(meta.find_referenced_templates(tree))
        return self._referenced[name]

    def _source(self, name: str) -> str:
        assert self.environment.loader
        try:
            return self.environment.loader.get_source(self.environment, name)[0]
        except jinja2.TemplateNotFound:
            raise TemplateFault([missing_template(name)]) from None
        except (OSError, UnicodeDecodeError) as error:
            what = f"the template cannot be read: {error}"
            where, remedy = f"templates/{name}", "save it as UTF-8 text"
            raise TemplateFault([Problem(where, 0, what, remedy, inside=False)]) from None


def missing_template(name: str) -> Problem:
    """What is said of a template that is not there."""
    return Problem(f"templates/{name}", 0, "the theme has no such template", "add it", inside=False)


def _faulty(name: str, line: int, error: Exception) -> Problem:
    what = f"the template does not compile: {error}"
    return Problem(f"templates/{name}", line, what, "mend the template", inside=False)
