"""Checks in a sheet's XML, before it is read, that rows and cells are in order.

openpyxl drops a row whose number has already passed, and lets a later cell replace one at the same
place; either would lose data.
"""

from __future__ import annotations

from typing import IO
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

import defusedxml.sax
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.xml.constants import SHEET_MAIN_NS

_LAST_LINE = 1_048_576
"""The last line of an Excel sheet."""

_CHUNK_BYTES = 65_536
_ROW = (SHEET_MAIN_NS, "row")
_NUMBER = (None, "r")
"""The attribute that holds a row's number and a cell's place."""


class OutOfOrderError(Exception):
    """A row is out of order; the argument is its number."""


class CellOrder:
    """Reads the XML of a sheet, always at least one row ahead of the caller."""

    def __init__(self, sheet: IO[bytes]) -> None:
        self._sheet = sheet
        self._order = _Order()
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

    def endElementNS(self, *_: object) -> None:  # noqa: N802
        self._depth -= self._depth > 0
