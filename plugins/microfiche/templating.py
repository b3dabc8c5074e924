"""Jinja, made quicker for views that are plain frozen structs.

Templates and their output are Jinja's own. What differs is, at a hundred thousand pages, most of
the time: attributes are read directly (a view is never a dictionary), text is escaped without
wrapping it first, macros are called without looking for a context to pass, pages are put together
in lists and not handed up piece by piece, and what a template imports is not looked up anew for
each page. ``furniture(part, site, head)`` renders once what is the same on thousands of pages.
"""

from __future__ import annotations

import keyword
import re
from functools import lru_cache, partial
from io import StringIO
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    nodes,
    pass_eval_context,
)
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.environment import TemplateModule
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Context
from jinja2.runtime import Macro as JinjaMacro
from jinja2.utils import missing

from microfiche.folding import fold
from microfiche.views import Head, Site
from microfiche.words import Words

_KEPT = 10_000

_HANDED_UP = re.compile(r"yield from (template\._get_default_module\(\)\._body_stream)")

_escape = getattr(markupsafe, "_escape_inner", markupsafe.escape)
_as_markup = partial(str.__new__, markupsafe.Markup)


def text(value: object) -> str:
    """A value as HTML: markup as it is, all else escaped."""
    if type(value) is str:
        escaped: str = _escape(value)
        return escaped
    return value if type(value) is markupsafe.Markup else str(markupsafe.escape(value))


def _loader(folders: list[str]) -> BaseLoader:
    """What finds templates in these folders; without an owner's, nothing lies over the theme."""
    found = FileSystemLoader(folders)
    if len(folders) < 2:
        return found
    return ChoiceLoader([found, PrefixLoader({"!theme": FileSystemLoader(folders[-1])})])


class _Generator(CodeGenerator):
    """Compiles templates to code that reads attributes and escapes text directly.

    What a template or a block writes is gathered in a list, and handed on when it is whole.
    """

    def write_commons(self) -> None:
        """Jinja's, but that a name is resolved to a value or to an undefined one, never missing.

        What makes each function a generator is the ``yield`` that ends it: see ``leave_frame``.
        """
        self.writeline("resolve = context.resolve")
        self.writeline("undefined = environment.undefined")
        self.writeline("concat = environment.concat")
        self.writeline("cond_expr_undefined = Undefined")

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        if _is_whole(frame):
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        if _is_whole(frame):
            self.writeline(f"yield from {frame.buffer}")
        super().leave_frame(frame, with_python_scope)

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802 - Jinja's
        if node.required or (frame.toplevel and self.extends_so_far):
            super().visit_Block(node, frame)
            return
        context = self.derive_context(frame) if node.scoped else self.get_context_ref()
        block = f"context.blocks[{node.name!r}][0]({context})"
        self.writeline(f"{frame.buffer}.extend({block})", node)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - Jinja's
        """What is included without a context is handed up by Jinja past the list."""
        written, self.stream = self.stream, StringIO()
        super().visit_Include(node, frame)
        code = self.stream.getvalue()
        self.stream = written
        self.stream.write(_HANDED_UP.sub(rf"{frame.buffer}.extend(\1)", code))

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802 - Jinja's
        """What the context resolves is never missing, but perhaps undefined."""
        ref = frame.symbols.ref(node.name)
        load = frame.symbols.find_load(ref)
        if node.ctx == "load" and load and load[0] == VAR_LOAD_RESOLVE:
            self.write(ref)
        else:
            super().visit_Name(node, frame)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Has the environment's ``Macro`` made, in place of Jinja's of that name."""
        self.write("environment.")
        super().macro_def(macro_ref, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's
        of_itself = isinstance(node.node, nodes.Name) and node.node.name == "self"
        if keyword.iskeyword(node.attr) or of_itself:
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Call(  # noqa: N802 - Jinja's
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        reserved = any(keyword.iskeyword(argument.key) for argument in node.kwargs)
        plain = isinstance(node.node, nodes.Name) and not (
            forward_caller or node.dyn_args or node.dyn_kwargs or reserved
        )
        if not plain:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for keyword_argument in node.kwargs:
            self.visit(keyword_argument, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.text(")
        else:
            super()._output_child_pre(node, frame, finalize)


def _is_whole(frame: Frame) -> bool:
    """Whether a frame is that of a template or a block, and not of something within."""
    return frame.rootlevel or frame.block_frame


class _Context(Context):
    """Looks names up with one call."""

    def resolve(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        if key in self.parent:
            return self.parent[key]
        return self.environment.undefined(name=key)


class Macro(JinjaMacro):
    """Calls its function directly where it is called with nothing out of the ordinary."""

    @pass_eval_context
    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """What the macro writes; arguments that are not given are the template's to fill in."""
        lacking = self._argument_count - len(args)
        odd = self.caller or self.catch_varargs or self.catch_kwargs or kwargs or lacking < 0
        if odd or (args and type(args[0]) is nodes.EvalContext):
            found: str = super().__call__(*args, **kwargs)
            return found
        written = self._func(*args, *[missing] * lacking)
        return _as_markup(written) if self._default_autoescape else written


class PageTemplate(Template):
    """A template whose imports see no more than the template imported."""

    def encoded(self, **values: object) -> bytes:
        """A page in UTF-8: its parts one by one, of which most have ASCII alone and cost little."""
        try:
            parts = self.root_render_func(self.new_context(values))
            return b"".join([part.encode() for part in parts])
        except Exception:  # raised again, with the lines of templates in its traceback
            self.environment.handle_exception()

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 - Jinja's
        if self._module is None:
            self._module = self.make_module()
        return self._module


class ViewEnvironment(Environment):
    """Strict, escaping, and speaking one language.

    It reads from these folders, the first that has a template winning. The last one is the
    theme's, which ``!theme/`` before a name asks for whatever lies over it, as in Pelican.
    """

    code_generator_class = _Generator
    template_class = PageTemplate
    context_class = _Context
    Macro = Macro
    text = staticmethod(text)

    def __init__(self, folders: tuple[Path, ...], words: Words) -> None:
        super().__init__(
            loader=_loader([str(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._kept: dict[object, str] = {}
        self._loaded: dict[str, PageTemplate] = {}
        self.words = words
        self.globals.update(
            counted=words.counted, furniture=self.furniture, interface=words, number=words.number
        )

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        return super()._generate(fold(source, self.words), name, filename, defer_init)

    def get_template(
        self,
        name: Any,
        parent: str | None = None,
        globals: Any = None,  # noqa: A002 - Jinja's
    ) -> PageTemplate:
        """A template by its name; one that was loaded is not looked for again."""
        if name not in self._loaded:
            found = super().get_template(name, parent, globals)
            assert isinstance(found, PageTemplate)
            self._loaded[name] = found
        return self._loaded[name]

    def make_globals(self, d: Any) -> dict[str, Any]:
        """What every template sees, as a plain dictionary, for it is copied for each page."""
        return {**self.globals, **(d or {})}

    def furniture(self, part: JinjaMacro, site: Site, head: Head, *, crumbs: bool = False) -> str:
        """A part that is the same on thousands of pages, rendered once.

        It is given a head that has only what is the same there: root, language, whether the page
        is one of the site's own places and, if asked for, crumbs.
        """
        own = self._places(site)
        here, way = head.address if head.address in own else "", head.crumbs if crumbs else ()
        key = (part.name, head.root, head.home, head.lang, here, way)
        if key not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            bare = Head("", here, head.root, head.lang, head.dir, crumbs=way, home=head.home)
            self._kept[key] = part(site, bare)
        return self._kept[key]

    @staticmethod
    @lru_cache(maxsize=4)
    def _places(site: Site) -> frozenset[str]:
        return frozenset(link.address for link in (*site.places, *site.menu))
