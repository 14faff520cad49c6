"""An HTML page taken apart: its elements in order, checked for what every page must be."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "hr"}


@dataclasses.dataclass
class Element:
    """An element with its attributes, the names of those around it, and all text inside it."""

    name: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    text: str = ""


class Page(HTMLParser):
    """The elements of a page; ``faults``: tags that close nothing, or that nothing closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.faults: list[str] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        self.faults += [f"{element.name} is never closed" for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, tuple(e.name for e in self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].name == tag:
            self._open.pop()
        else:
            self.faults.append(f"{tag} closes nothing at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def of(self, *names: str) -> list[Element]:
        """The elements of some names."""
        return [element for element in self.elements if element.name in names]

    def table(self, stem: str) -> list[list[str]]:
        """The cells of a table, header first."""
        start = next(k for k, e in enumerate(self.elements) if e.attributes.get("id") == f"table-{stem}")
        rows: list[list[str]] = []
        for element in self.elements[start + 1 :]:
            if element.name == "table":
                break
            if element.name == "tr":
                rows.append([])
            elif element.name in ("th", "td") and rows:
                rows[-1].append(element.text.strip())
        return rows
