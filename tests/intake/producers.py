"""Three spreadsheets as messy as those of producers: an agency's, a German one, a look book."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass

from openpyxl import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerSheet:
    """A file, the questions answered in their order, and the prompts that are started then."""

    name: str
    content: bytes
    questions: tuple[str, ...]
    says: tuple[str, ...]
    prompts: tuple[str, ...]
    encoding: str = ""
    accepts: bool = False


def producer_sheets() -> tuple[ProducerSheet, ...]:
    """Return the three, made anew."""
    return (_agency(), _german(), _look_book())


def _agency() -> ProducerSheet:
    """Three sheets: a cover, the shots below a title with a filter and merged light, and rates."""
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Cover"
    cover["B2"] = "Harbour Coffee: spring campaign"
    cover["B3"] = datetime.date(2026, 12, 1)
    cover.merge_cells("B2:F2")
    shots = book.create_sheet("Shots")
    due = datetime.date(2026, 12, 24)
    rows = [
        ("Harbour Coffee: shot list v7", None, None, None, None, None),
        (None, None, None, None, None, None),
        ("No.", "Prompt", "Light", "Format", "Due", "Days left"),
        (1, "a copper kettle on a stove", "overcast", "4:5", due, "=E4-TODAY()"),
        (2, "a blue mug on a sill", None, "4:5", due, "=E5-TODAY()"),
        ("Interiors", None, None, None, None, None),
        (3, "an old pan on a nail", "soft light", "1:1", "tbc", "#N/A"),
        (4, "a scratched pot", "soft", "1:1", due, "=E8-TODAY()"),
        (5, "a white cup", "soft", "1:1", due, "=E9-TODAY()"),
        ("Total", None, None, None, None, "=SUM(F4:F9)"),
    ]
    for row in rows:
        shots.append(row)
    shots.merge_cells("A1:F1")
    shots.merge_cells("A6:F6")
    shots.merge_cells("C4:C5")
    shots.auto_filter.ref = "A3:F9"
    shots.row_dimensions[8].hidden = True
    rates = book.create_sheet("Rates")
    rates.append(("Item", "Euro"))
    rates.append(("Retouching", 120.5))
    return ProducerSheet(
        name="shot list v7 FINAL.xlsx",
        content=_saved(book),
        questions=("sheet_1", "header_line", "only_prompts", "hidden_rows"),
        says=("merged cell", "hidden by a filter", "without a prompt"),
        accepts=True,
        prompts=(
            *("a copper kettle on a stove", "a blue mug on a sill", "an old pan on a nail"),
            *("a scratched pot", "a white cup"),
        ),
    )


def _german() -> ProducerSheet:
    """What Excel makes in Germany: semicolons, Windows letters, decimal commas, WAHR."""
    lines = (
        "Herbstkampagne 2026, Entwurf;;;;;;",
        ";;;;;;",
        "Nr.;Bildbeschreibung;Licht;Seitenverh\u00e4ltnis;Startwert;use_cache;Budget \u20ac",
        "1;ein Kessel f\u00fcr Tee auf dem Herd;overcast;4:5;42,00;WAHR;1.250,50",
        "2;eine blaue Tasse am Fenster;soft;1:1;7;FALSCH;99,90",
        "Summe;;;;;;1.350,40",
        ";;;;;;",
    )
    return ProducerSheet(
        name="Herbst.csv",
        content="\r\n".join(lines).encode("cp1252"),
        encoding="cp1252",
        questions=("header_line", "only_prompts"),
        says=("Line 3 looks like the header", "without a prompt"),
        prompts=("ein Kessel f\u00fcr Tee auf dem Herd", "eine blaue Tasse am Fenster"),
    )


def _look_book() -> ProducerSheet:
    """An empty sheet first, columns without a name or with the same one, hidden helpers, ids."""
    book = Workbook()
    looks = book.create_sheet("Looks")
    rows = [
        ("ID", "Caption", "Light", "Notes", "Notes", None, "Helper", "OK?"),
        (7, "a red coat in the rain", "overcast", "tall", "rainy", None, "=LEN(B2)", True),
        (8, "a green scarf", "soft", None, "windy", "x", "=LEN(B3)", False),
        (9, "a green scarf", "soft", None, None, None, "=LEN(B4)", False),
    ]
    for row in rows:
        looks.append(row)
    for line in (2, 3, 4):
        looks.cell(line, 1).number_format = "0000"
    looks.column_dimensions["C"].hidden = True
    looks.column_dimensions["G"].hidden = True
    return ProducerSheet(
        name="look book.xlsx",
        content=_saved(book),
        questions=("hidden_columns", "equal_rows"),
        says=('The sheet "Sheet" is empty.', '"Light" is hidden', "Variations of it, or once?"),
        prompts=("a red coat in the rain", "a green scarf", "a green scarf"),
    )


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
