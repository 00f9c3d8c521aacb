"""Reads the pages of a site: their links, anchors and headings, and whether tags are closed as they were opened."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from urllib.parse import unquote

_EMPTY = frozenset({"meta", "link", "input", "br", "hr", "img"})


class Page(HTMLParser):
    """A page. Raises AssertionError for a tag that is closed out of order, and for an id that is there twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice: {attrs}"
        if tag not in _EMPTY:
            self._open.append(tag)
        if tag == "a":
            self.links += [value for name in ("href", "xlink:href") if (value := given.get(name))]
        elif tag == "form":
            self.links.append(given.get("action") or "")
        self.loads += [value for name in ("src", "srcset", "data") if (value := given.get(name))]
        self.loads += [given["href"] or ""] if tag == "link" else []
        name = given.get("id")
        if name is not None:
            assert name not in self.ids, f"the id {name} twice"
            self.ids.add(name)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> where {self._open[-3:]} are open"
        self._open.pop()


def pages_in(site: Mapping[str, bytes]) -> Mapping[str, Page]:
    """The pages of a site by their path."""
    return {path: Page(content.decode()) for path, content in site.items() if path.endswith(".html")}


def dead(site: Mapping[str, bytes]) -> list[str]:
    """The links of a site that lead nowhere inside it; those to other sites aren't followed."""
    pages, found = pages_in(site), []
    for path, page in pages.items():
        for link in (*page.links, *page.loads):
            if link.startswith(("https://", "http://")):
                continue
            target, _, anchor = link.partition("#")
            aim = normpath(join(dirname(path), unquote(target))) if target else path
            if aim not in site or (anchor and unquote(anchor) not in pages[aim].ids):
                found.append(f"{path}: {link}")
    return found
