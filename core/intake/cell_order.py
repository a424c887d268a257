"""Reads from a sheet's XML what openpyxl does not say while it streams the rows.

Rows and cells must be in order: openpyxl drops a row whose number has already passed, and lets a
later cell replace one at the same place; either would lose data. Which rows and columns are hidden
and which cells are merged stands in the same XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

import defusedxml.sax
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.xml.constants import SHEET_MAIN_NS

_LAST_LINE = 1_048_576
"""The last line of an Excel sheet."""

_MOST_MERGED = 20_000
"""Ranges of merged cells that are remembered."""

_CHUNK_BYTES = 65_536
_ROW = (SHEET_MAIN_NS, "row")
_NUMBER = (None, "r")
"""The attribute that holds a row's number and a cell's place."""


class OutOfOrderError(Exception):
    """A row is out of order; the argument is its number."""


@dataclass(slots=True)
class SheetFacts:
    """What a sheet says besides its cells; rows and columns count from 1."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last column of each hidden group."""

    formats: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    """By column and how its numbers are shown: the first line of such cells, and how many."""

    merged: list[tuple[int, int, int]] = field(default_factory=list)
    """First column, first row and last row of cells that are one over several rows."""

    has_filter: bool = False


class CellOrder:
    """Reads the XML of a sheet, always at least one row ahead of the caller.

    `facts` are complete once the end was looked at.
    """

    def __init__(self, sheet: IO[bytes]) -> None:
        self._sheet = sheet
        self._order = _Order()
        self.facts = self._order.facts
        self._parser = defusedxml.sax.make_parser()
        self._parser.setFeature(feature_namespaces, state=True)
        self._parser.setContentHandler(self._order)

    def look_past(self, line: int) -> None:
        """Check up to the row after this one, or to the end of the sheet.

        Raises OutOfOrderError, SAXException for malformed XML, and ValueError for entities and for
        malformed numbers and places.
        """
        while self._order.line <= line and (chunk := self._sheet.read(_CHUNK_BYTES)):
            self._parser.feed(chunk)

    def look_to_end(self) -> None:
        """Check up to the end of the sheet; raises the same errors."""
        self.look_past(_LAST_LINE)
        self._parser.close()


class _Order(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.line = self._column = 0
        self._depth = 0
        """1 in a row, 2 in one of its cells, 0 outside."""

        self.facts = SheetFacts()

    def startElementNS(  # noqa: N802 - SAX names it
        self,
        name: tuple[str | None, str],
        qname: str | None,  # noqa: ARG002
        attributes: AttributesNSImpl,
    ) -> None:
        if self._depth:
            self._depth += 1
            if name == _ROW:
                raise OutOfOrderError(self.line)
            if self._depth == 2:
                place = attributes.get(_NUMBER)
                column = coordinate_to_tuple(place)[1] if place else self._column + 1
                if column <= self._column:
                    raise OutOfOrderError(self.line)
                self._column = column
        elif name == _ROW:
            self._depth = 1
            number = attributes.get(_NUMBER)
            line = self.line + 1 if number is None else int(float(number))
            if not self.line < line <= _LAST_LINE:
                raise OutOfOrderError(line)
            self.line, self._column = line, 0
            if _is_on(attributes, "hidden"):
                self.facts.hidden_rows.add(line)
        elif name[0] == SHEET_MAIN_NS:
            self._note(name[1], attributes)

    def _note(self, name: str, attributes: AttributesNSImpl) -> None:
        facts = self.facts
        if name == "autoFilter":
            facts.has_filter = True
        elif name == "col" and _is_on(attributes, "hidden"):
            first, last = (int(attributes.get((None, end), "0")) for end in ("min", "max"))
            facts.hidden_columns.append((first, last))
        elif name == "mergeCell" and len(facts.merged) < _MOST_MERGED:
            column, top, _, bottom = range_boundaries(attributes.get((None, "ref"), "A1"))
            if column and top and bottom and bottom > top:
                facts.merged.append((column, top, bottom))

    def endElementNS(self, *_: object) -> None:  # noqa: N802
        self._depth -= self._depth > 0


def _is_on(attributes: AttributesNSImpl, name: str) -> bool:
    return attributes.get((None, name), "0") in {"1", "true"}
