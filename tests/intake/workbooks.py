"""Workbooks made by hand, part by part, so that each can lie in one place."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

GOOD_ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
)
"""A header and one row, out of the shared strings."""


def parts_of(
    rows: str = GOOD_ROWS, *, strings: tuple[str, ...] = (), prolog: str = ""
) -> dict[str, str]:
    """Return the parts of a workbook whose only sheet holds these rows of XML."""
    shared = "".join(f"<si><t xml:space='preserve'>{text}</t></si>" for text in strings)
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Rows" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{_MAIN}">{{dimension}}'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }


def workbook(
    rows: str = GOOD_ROWS,
    *,
    strings: tuple[str, ...] = ("prompt", "a red fox"),
    dimension: str = "",
    prolog: str = "",
    more: dict[str, bytes] | None = None,
) -> bytes:
    """Return a whole workbook, with more members in its archive if they are given."""
    parts = {
        name: text.encode() for name, text in parts_of(rows, strings=strings, prolog=prolog).items()
    }
    sheet = "xl/worksheets/sheet1.xml"
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    parts[sheet] = parts[sheet].replace(b"{dimension}", said.encode())
    return zipped({**parts, **(more or {})})


def inline(*rows: tuple[str, ...]) -> str:
    """Return rows of XML whose cells hold their text themselves."""
    return "".join(
        "<row>" + "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in row) + "</row>"
        for row in rows
    )


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def lying(content: bytes, name: str, *, declared: int) -> bytes:
    """Return the archive with one member that says it is smaller, and whose checksum agrees."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.getinfo(name)
        begin = archive.read(name)[:declared]
    true = struct.pack("<LLL", member.CRC, member.compress_size, member.file_size)
    lie = struct.pack("<LLL", zlib.crc32(begin), member.compress_size, declared)
    if content.count(true) != 2:
        raise AssertionError("the sizes stand before the member and in the directory")
    return content.replace(true, lie)


def encrypted_member(content: bytes) -> bytes:
    """Return the archive with its first member marked as encrypted."""
    central = content.index(b"PK\x01\x02") + 8
    return content[:6] + b"\x01" + content[7:central] + b"\x01" + content[central + 1 :]


def compound_file(stream_name: str) -> bytes:
    """Return an OLE2 file, as Office made them, with one stream of this name in its directory."""
    header = _OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += (
        bytes(10) + struct.pack("<LLLLL", 1, 1, 0, 0, 4096) + struct.pack("<LL", 0xFFFFFFFE, 0)
    )
    header += struct.pack("<LL", 0xFFFFFFFE, 0) + struct.pack("<L", 0) + b"\xff" * 432
    table = struct.pack("<LL", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    entries = b""
    for name, kind in (("Root Entry", 5), (stream_name, 2)):
        letters = name.encode("utf-16-le")
        entries += letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
        entries += bytes(60)
    return header.ljust(512, b"\xff") + table + entries.ljust(512, b"\0")
