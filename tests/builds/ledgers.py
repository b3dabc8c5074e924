"""Ledgers to build with: what publications left, what owners write, and what is wrong."""

from __future__ import annotations

from microfiche.story import identity_of

_A, _B, _Z = (identity_of(name) for name in ("a", "2024/b", "z"))

LEDGERS = (
    f"""\
/2019/	year:2019	2024-01-02
/2019/05/05/old-a/	{_A}	2024-01-02
/2019/05/05/old-b/	{_B}	2024-01-02
/2024/01/01/b/	{_B}	2024-01-02
/nowhere/	{_Z}	2024-01-02
/tag/lost/	tag-list:lost	2024-01-02
/tag/lost/2024/	tag-by-calendar:lost/2024	2024-01-02
/tag/lost/feed.xml	tag-feed:lost	2024-01-02
""",
    "",
    f"""\
/2024/01/01/a/	{_Z}	2024-01-02
/old/one.html /old/two/
/old/two/ /tag/moon/
/tag/lost/	tag-list:lost	2024-01-02
/tag/lost/ /tag/moon/
/tag/lost/2024/	tag-by-calendar:lost/2024	2024-01-02
/tag/lost/feed.xml	tag-feed:lost	2024-01-02
/x/special.html gone
""",
    f"""\
/2023/12/30/moved/	{_Z}	2024-01-02	a
/2024/01/01/b/	{_A}	2024-01-02
/LOUD/ /2024/01/01/a/
/loud/ gone
""",
    f"""\
/round/ /and-round/
/and-round/ /round/
/2024/01/01/a/ /2024/
<<<<<<< ours
/x/y/ https://elsewhere.example/
/tag/lost/	tag-list:lost	2024-01-02
/old/one.html gone
/old/one.html /
/z/	{_A}	2024-01-02
/z/	{_B}	2024-01-03
""",
)
"""The last is as bad as can be."""

ALIASES = (
    "/old/one.html, /old/two",
    "",
    "/2019/05/05/old-a/, /tag/lost/",
    "/2024/01/01/a/",
    "/x/special.html",
    "/tag/moon/",
    "https://elsewhere.example/x",
)
