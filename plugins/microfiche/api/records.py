"""The documents of the API. What is empty is left out; addresses are whole."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from microfiche import jsonld
from microfiche.views import View

Web = Annotated[str, Meta(extra_json_schema={"format": "uri"})]
"""A whole address."""

Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
MonthName = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
YearName = Annotated[str, Meta(pattern=r"^\d{4}$")]
Stated = Annotated[
    str, Meta(description="A date, or a date and time with offset where the hour is known.")
]
Count = Annotated[int, Meta(ge=1, description="Number of stories.")]
TermType = Literal["CreativeWorkSeries", "DefinedTerm", "Organization", "Person"]
TermKind = Annotated[str, Meta(pattern="^(byline|section|story|tag)$")]

JsonAddress = Annotated[
    str, Meta(description="The address of its JSON.", extra_json_schema={"format": "uri"})
]


class ListedStory(View, frozen=True, kw_only=True):
    """A story as lists have it. Its identifier stays when it moves, its addresses do not."""

    type: Literal["NewsArticle"] = field(name="@type")
    identifier: str
    url: Web
    document: JsonAddress
    headline: str
    published: Stated = field(name="datePublished")
    modified: Stated | None = field(default=None, name="dateModified")
    lang: str = field(name="inLanguage")
    description: str = ""
    section: str = field(default="", name="articleSection")
    keywords: tuple[str, ...] = ()
    authors: tuple[jsonld.Organization | jsonld.Person, ...] = field(default=(), name="author")
    part_of: jsonld.CreativeWorkSeries | None = field(default=None, name="isPartOf")
    image: jsonld.ImageObject | None = None


class Translation(View, frozen=True, kw_only=True):
    """The same story in another language."""

    lang: str = field(name="inLanguage")
    url: Web
    document: JsonAddress


class StoryDocument(ListedStory, frozen=True, kw_only=True):
    """A story with its text."""

    context: str = field(name="@context")
    publisher: jsonld.NewsMediaOrganization
    dateline: str = ""
    corrections: tuple[jsonld.CorrectionComment, ...] = field(default=(), name="correction")
    citations: tuple[jsonld.CreativeWork, ...] = field(default=(), name="citation")
    translations: tuple[Translation, ...] = field(default=(), name="workTranslation")
    body: Annotated[str, Meta(description="Sanitised HTML; its addresses are whole.")] = field(
        name="articleBody"
    )


class MonthDocument(View, frozen=True, kw_only=True):
    """The stories of a month, or of a part of it, in the order of publication.

    A month of more than 500 stories goes on at ``next``.
    """

    context: str = field(name="@context")
    type: Literal["ItemList"] = field(name="@type")
    name: str
    month: MonthName
    url: Web
    next: Web | None = None
    stories: tuple[ListedStory, ...] = field(name="itemListElement")


class ListedMonth(View, frozen=True, kw_only=True):
    """A month that has stories; ``document`` is the first part of it."""

    month: MonthName
    stories: Count
    document: JsonAddress


class YearDocument(View, frozen=True, kw_only=True):
    """A year's months, the first one first."""

    context: str = field(name="@context")
    type: Literal["ItemList"] = field(name="@type")
    name: YearName
    url: Web
    stories: Count
    months: tuple[ListedMonth, ...] = field(name="itemListElement")


class ListedTerm(View, frozen=True, kw_only=True):
    """A tag, section, byline or running story, and the days of its first and last stories.

    ``broader`` is the identifier of a tag's broader topic.
    """

    type: TermType = field(name="@type")
    identifier: str
    name: str
    url: Web
    document: JsonAddress
    stories: Count
    first: Day
    last: Day
    description: str = ""
    broader: str = ""


class TermsDocument(View, frozen=True, kw_only=True):
    """All terms of a kind, by their identifiers."""

    context: str = field(name="@context")
    type: Literal["ItemList"] = field(name="@type")
    name: str
    kind: TermKind
    terms: tuple[ListedTerm, ...] = field(name="itemListElement")


class TermDocument(ListedTerm, frozen=True, kw_only=True):
    """A term with its newest stories, and all months in which it has stories.

    The documents of months have every story of the month.
    """

    context: str = field(name="@context")
    kind: TermKind
    same_as: tuple[Web, ...] = field(default=(), name="sameAs")
    image: jsonld.ImageObject | None = None
    latest: tuple[ListedStory, ...]
    months: tuple[ListedMonth, ...]


class ListedYear(View, frozen=True, kw_only=True):
    """A year that has stories."""

    year: YearName
    stories: Count
    document: JsonAddress


class ListedKind(View, frozen=True, kw_only=True):
    """A kind of term that stories have."""

    kind: TermKind
    document: JsonAddress


class ArchiveDocument(View, frozen=True, kw_only=True):
    """The archive: where to begin. ``version`` is that of the API."""

    context: str = field(name="@context")
    type: Literal["WebSite"] = field(name="@type")
    name: str
    url: Web
    lang: str = field(name="inLanguage")
    description: str = ""
    version: str
    openapi: Web
    stories: Annotated[int, Meta(ge=0)]
    first: Day | None = None
    last: Day | None = None
    years: tuple[ListedYear, ...]
    terms: tuple[ListedKind, ...]
