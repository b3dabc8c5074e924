"""Feeds beside what they follow: the archive, sections, tags, bylines and running stories."""

from __future__ import annotations

from collections.abc import Iterator

from microfiche.addresses import Addresses
from microfiche.catalog.queries import Catalog
from microfiche.feeds import document
from microfiche.feeds.records import Chain, Entry, FeedView
from microfiche.pages import history
from microfiche.pages.desk import Desk
from microfiche.pages.entries import Entries
from microfiche.pages.kind import PageKind
from microfiche.records import Claim, Stage
from microfiche.settings import SiteSettings


class _Feeds(PageKind):
    """What all kinds of feeds share."""

    document = staticmethod(document)
    stage = Stage.FEEDS

    def __init__(
        self, kind: str, addresses: Addresses, site: SiteSettings, entries: Entries
    ) -> None:
        self.kind = kind
        self._addresses = addresses
        self._forms = site.feeds[kind]
        self._size = site.feed_size
        self._entries = entries


def feed_of(  # noqa: PLR0913 - a feed has many parts, all named by the caller
    desk: Desk,
    entries: tuple[Entry, ...],
    *,
    form: str,
    title: str,
    address: str,
    own: str,
    lang: str = "",
    chain: Chain | None = None,
) -> FeedView:
    """A feed in one format; ``address`` is the page that it follows, ``own`` the feed's."""
    site = desk.site
    return FeedView(
        form=form,
        identity=f"{site.url}/{own}",
        title=title,
        description=site.tagline or title,
        author=site.name,
        lang=lang or site.lang,
        href=f"{site.url}/{address}",
        self_href=f"{site.url}/{own}",
        entries=entries,
        hubs=site.hubs,
        chain=chain,
    )


class ArchiveFeed(_Feeds):
    """The feed of the whole archive, one a format; a key is the format."""

    name = "feed"

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every format."""
        for form in self._forms:
            yield Claim(form, self._addresses.feed(self.kind, "", form).output)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """Every format, if any story changed."""
        if catalog.changed():
            yield from self.keys(catalog)

    def above(self, key: str) -> tuple[str, str] | None:
        """The feed in RSS."""
        return None if key == "rss" else (self.name, "rss")

    def view(self, desk: Desk, key: str) -> FeedView:
        """The newest stories of the archive; in Atom, also the way to all older ones."""
        front = self._addresses.front
        reaching = key == "atom" and desk.site.feeds["history"]
        return feed_of(
            desk,
            self._entries.of(desk, desk.catalog.latest_bodies(self._size)),
            form=key,
            title=desk.site.name,
            address=front.place().address if front else "",
            own=self._addresses.feed(self.kind, "", key).address,
            chain=history.beginning(desk) if reaching else None,
        )


class TermFeeds(_Feeds):
    """The feeds of one kind of term; a key is ``slug/format``."""

    def __init__(
        self, kind: str, addresses: Addresses, site: SiteSettings, entries: Entries
    ) -> None:
        super().__init__(kind, addresses, site, entries)
        self.name = f"{kind} feed"
        self._on = bool(addresses.terms[kind])

    def keys(self, catalog: Catalog) -> Iterator[Claim]:
        """Every term."""
        if self._on:
            for row in catalog.terms.every(self.kind):
                yield from self._claims(row.slug, exists=True)

    def touched(self, catalog: Catalog) -> Iterator[Claim]:
        """The terms of changed stories."""
        if self._on:
            for slug in catalog.terms.touched(self.kind):
                yield from self._claims(slug, exists=catalog.terms.get(self.kind, slug) is not None)

    def above(self, key: str) -> tuple[str, str] | None:
        """The term's feed in RSS, and above that the term's page."""
        slug, _, form = key.rpartition("/")
        return (f"{self.kind} list", slug) if form == "rss" else (self.name, f"{slug}/rss")

    def respelt(self, catalog: Catalog, key: str) -> str:
        """The same feed of the term that it is a spelling of."""
        slug, _, form = key.rpartition("/")
        return f"{catalog.vocabulary.slug(self.kind, slug)}/{form}"

    def spellings(self, catalog: Catalog) -> Iterator[tuple[str, str]]:
        """Where a term's feeds would be by each of its aliases."""
        if self._on:
            for alias in catalog.vocabulary.aliases(self.kind):
                for form in self._forms:
                    place = self._addresses.feed(self.kind, alias.slug, form)
                    yield place.output, f"{alias.term}/{form}"

    def _claims(self, slug: str, *, exists: bool) -> Iterator[Claim]:
        for form in self._forms:
            place = self._addresses.feed(self.kind, slug, form)
            yield Claim(f"{slug}/{form}", place.output if exists else None)

    def view(self, desk: Desk, key: str) -> FeedView:
        """The newest stories of a term."""
        slug, form = key.rsplit("/", 1)
        row = desk.term(self.kind, slug)
        assert row, key
        rows = desk.catalog.terms.latest_bodies(self.kind, slug, self._size)
        return feed_of(
            desk,
            self._entries.of(desk, rows),
            form=form,
            title=f"{desk.site.name}: {row.label}",
            address=self._addresses.term(self.kind, slug).address,
            own=self._addresses.feed(self.kind, slug, form).address,
        )
