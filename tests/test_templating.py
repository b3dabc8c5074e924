"""Templates write what Jinja itself makes of them, whatever their compiler does to be quick."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from microfiche.templating import ViewEnvironment
from microfiche.words import SOURCE, Words

OTHERS = {
    "parts": (
        "{% macro pair(a, b=2, c='<') %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro %}"
        "{% macro rest(a) %}{{ a }}{{ varargs|join(',') }}{{ kwargs|length }}{% endmacro %}"
        "{% macro box() %}({{ caller() }}){% endmacro %}{% set kept = '<kept>' %}"
    ),
    "lent": "{% macro shown() %}{{ x }}{% endmacro %}",
    "piece": "<i>{{ x }}</i>",
    "plain": "<b>plain</b>",
    "frame": (
        "<{% block a %}a{% block inner %}in{% endblock %}{% endblock %}"
        "{% for each in many %}{% block b scoped %}{{ each }}{% endblock %}{% endfor %}"
        "{{ self.a() }}>"
    ),
    "boxed": (
        "{% macro w() %}[{{ caller() }}]{% endmacro %}"
        "{% autoescape false %}{% call w() %}{{ x }}{% endcall %}{% endautoescape %}"
    ),
    "strict": "{% block r required %}{% endblock %}!",
}
"""Templates that the cases draw on."""

CASES = (
    "{{ x }}{{ person.name }}{{ x|safe }}",
    "{% from 'parts' import pair %}{{ pair(1) }}{{ pair(1, 3) }}{{ pair(x, c='&') }}",
    "{% from 'parts' import pair %}{{ pair(a=4) }}{{ dict(class=1)['class'] }}",
    "{% from 'parts' import rest %}{{ rest(1, 2, 3, k=4) }}{{ rest(1) }}",
    "{% import 'parts' as p %}{{ p.pair(x) }}{{ p.kept }}",
    "{% from 'parts' import box %}{% call box() %}<u>{{ x }}</u>{% endcall %}",
    "{% import 'lent' as l with context %}{{ l.shown() }}",
    "a{% include 'piece' %}b{% include 'plain' without context %}c",
    "a{% include 'none' ignore missing %}{% include ['none', 'plain'] without context %}b",
    "{% for each in many %}{{ loop.index }}{% include 'plain' without context %}{% endfor %}",
    "{% block a %}1{% include 'plain' without context %}2{% endblock %}",
    "{% macro m() %}1{% include 'piece' %}2{% endmacro %}{{ m() }}",
    "{% extends 'frame' %}{% block a %}[{{ super() }}]{% endblock %}",
    "{% extends 'frame' %}{% block b %}{{ each }}{{ super() }}{% endblock %}",
    "{% if x %}{% extends 'frame' %}{% endif %}own{% block inner %}mine{% endblock %}",
    "{% extends 'strict' %}{% block r %}there{% endblock %}",
    "{% for n in tree recursive %}{{ n.name }}{{ loop(n.below) }}{% else %}.{% endfor %}",
    "{% for i in many if i > 1 %}{{ loop.last }}{{ i }}{% else %}none{% endfor %}",
    "{% set part %}<p>{{ x }}</p>{% endset %}{{ part }}{{ part|upper }}",
    "{% filter upper %}a{{ x }}{% include 'piece' %}{% endfilter %}",
    "{% with x = 'other' %}{{ x }}{% include 'piece' %}{% endwith %}{{ x }}",
    "{% set later = 1 %}{% if not x %}{% set later = 2 %}{% endif %}{{ later }}",
    "{% macro m(n) %}{{ n }}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% include 'boxed' %}",
    "{{ unknown is defined }}{{ unknown|default('-') }}",
)


@pytest.mark.parametrize("case", CASES)
def test_a_template_writes_what_jinja_writes(tmp_path: Path, case: str) -> None:
    """As text, and in bytes."""
    for name, text in {**OTHERS, "case": case}.items():
        (tmp_path / name).write_text(text, "utf-8")
    stock = Environment(
        loader=FileSystemLoader(tmp_path), autoescape=True, undefined=StrictUndefined
    )
    ours = ViewEnvironment((tmp_path,), Words(SOURCE, SOURCE, ()))
    values = {
        "x": "<x & “y”>",
        "many": [1, 2, 3],
        "person": SimpleNamespace(name="Ann & Bo"),
        "tree": [SimpleNamespace(name="<r>", below=[SimpleNamespace(name="b", below=[])])],
    }
    wanted = stock.get_template("case").render(values)
    assert ours.get_template("case").render(values) == wanted
    assert ours.get_template("case").encoded(**values) == wanted.encode()
