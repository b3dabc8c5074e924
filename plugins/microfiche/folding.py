"""Words are folded into templates as these are compiled, so that they cost a page nothing.

``_("Archive")`` becomes a constant in the language of the environment, and ``_("By {name}",
name=x)`` the constants around an expression. ``ngettext("{count} story", "{count} stories", n)``
has its forms looked up; which one goes with a number is left to the page.
"""

from __future__ import annotations

import string

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from microfiche.words import Words, placeholders


def fold(template: nodes.Template, words: Words) -> nodes.Template:
    """A template with its messages in one language.

    Raises:
        TemplateSyntaxError: where a message is not written out or lacks what it names.
    """
    _Folder(words).visit(template)
    return template


class _Folder(NodeTransformer):
    def __init__(self, words: Words) -> None:
        self._words = words

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - Jinja's
        """Parts of a message stand in an output by themselves, constants among its text."""
        self.generic_visit(node)
        node.nodes = [
            part
            for child in node.nodes
            for part in (child.nodes if isinstance(child, nodes.Concat) else (child,))
        ]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja's
        """Only what is called by one of the names of gettext is a message."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name == "_":
            return self._message(node)
        return self._counted(node) if name == "ngettext" else node

    def _message(self, node: nodes.Call) -> nodes.Expr:
        (text,) = _literals(node, 1)
        values = {pair.key: pair.value for pair in node.kwargs}
        _match(node, text, set(values))
        text = self._words.gettext(text)
        if not values:
            return nodes.Const(text, lineno=node.lineno)
        parts: list[nodes.Expr] = []
        for before, name, _, _ in string.Formatter().parse(text):
            parts += [nodes.Const(before, lineno=node.lineno)] if before else []
            parts += [values[name]] if name is not None else []
        return nodes.Concat(parts, lineno=node.lineno)

    def _counted(self, node: nodes.Call) -> nodes.Expr:
        one, many = _literals(node, 2)
        if len(node.args) != 3:
            raise TemplateSyntaxError("ngettext takes two messages and a number", node.lineno)
        _match(node, many, {"count", *(pair.key for pair in node.kwargs)})
        forms = nodes.Const(self._words.forms(one, many), lineno=node.lineno)
        called = nodes.Name("counted", "load", lineno=node.lineno)
        return nodes.Call(
            called, [forms, node.args[2]], node.kwargs, None, None, lineno=node.lineno
        )


def _literals(node: nodes.Call, count: int) -> list[str]:
    texts = [each.value for each in node.args[:count] if isinstance(each, nodes.Const)]
    if len(texts) != count or not all(isinstance(text, str) for text in texts):
        raise TemplateSyntaxError("a message is written out, as text in quotes", node.lineno)
    return texts


def _match(node: nodes.Call, text: str, given: set[str]) -> None:
    if given and (wanted := placeholders(text)) != given:
        named = ", ".join(sorted(wanted ^ given))
        raise TemplateSyntaxError(f"{text!r} and its values differ in {named}", node.lineno)
