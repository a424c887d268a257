"""What each small file of the public reports comes to: said before Start, and ready after a press.

The files and their right outcomes lie in the shared folder; a page and REST are held to the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCase:
    """A file, what is said about it, the question that is answered, and what can be started then.

    `refused` is the sentence for a file that is no table; `before` counts the rows that can be
    started before any answer.
    """

    name: str
    says: tuple[str, ...] = ()
    before: int | None = None
    question: str = ""
    other: bool = False
    ready: int = 0
    prompts: tuple[str, ...] = ()
    refused: str = ""


_FOUR = ("a kettle", "a mug", "a pan", "a pot")
CASES = (
    ReportCase(
        name="01_title_rows.csv",
        says=("Line 3 looks like the header",),
        question="header_line",
        ready=1,
        prompts=("a red kettle",),
    ),
    ReportCase(
        name="03_no_header.csv",
        says=("Is it a row already?",),
        question="no_header",
        ready=2,
        prompts=("a red kettle", "a blue mug"),
    ),
    ReportCase(name="09_trailing_more.csv", ready=2, prompts=("a red kettle", "a mug")),
    ReportCase(name="15_html_xls.xls", refused="This is a web page, not a workbook."),
    ReportCase(name="24_nbsp.csv", ready=2, prompts=_FOUR[:2]),
    ReportCase(name="33_md_table.txt", ready=2, prompts=_FOUR[:2]),
    ReportCase(
        name="34_numbered_list.txt",
        says=("Every line begins like a list",),
        before=4,
        question="list_marks",
        ready=4,
        prompts=_FOUR,
    ),
    ReportCase(name="44_json_wrapped.json", ready=2, prompts=_FOUR[:2]),
    ReportCase(
        name="52_negative.csv",
        says=('"negative_prompt" is not used', '"width" is not used', '"steps" is not used'),
        ready=1,
        prompts=_FOUR[:1],
    ),
    ReportCase(
        name="c4_sd_prompt.csv",
        says=("--ar 16:9",),
        before=2,
        question="prompt_flags",
        ready=2,
        prompts=("kettle", "kettle"),
    ),
    ReportCase(
        name="56_same_seedless.csv",
        says=("Variations of it, or once?",),
        before=3,
        question="equal_rows",
        ready=3,
        prompts=_FOUR[:1] * 3,
    ),
    ReportCase(
        name="56_same_seedless.csv",
        says=('3 rows (lines 2, 3, 4) ask for the same: "a kettle"',),
        question="equal_rows",
        other=True,
        ready=1,
        prompts=_FOUR[:1],
    ),
    ReportCase(
        name="70_merged_value.xlsx",
        says=("2 rows (lines 3, 4) get the value of a merged cell",),
        ready=3,
        prompts=_FOUR[:3],
    ),
    ReportCase(
        name="72_hidden_rows.xlsx",
        says=("2 rows are hidden by a filter (lines 3, 4) and left out.",),
        before=3,
        question="hidden_rows",
        ready=5,
        prompts=tuple(f"a kettle {number}" for number in range(5)),
    ),
    ReportCase(
        name="74_second_sheet.xlsx",
        says=('The sheet "Prompts" holds prompts too.',),
        before=0,
        question="sheet_1",
        ready=1,
        prompts=_FOUR[:1],
    ),
    ReportCase(name="79_fmt_zeros.xlsx", ready=2, prompts=_FOUR[:2]),
    ReportCase(name="a1_extra_date.xlsx", ready=2, prompts=_FOUR[:2]),
    ReportCase(name="a2_extra_formula.xlsx", ready=2, prompts=_FOUR[:2]),
    ReportCase(
        name="a4_excel16.csv",
        ready=33,
        prompts=tuple(f"kettle {number}" for number in range(33)),
    ),
    ReportCase(name="a5_spaces_row.csv", ready=1, prompts=_FOUR[:1]),
    ReportCase(name="g1_far_col.xlsx", ready=1, prompts=_FOUR[:1]),
    ReportCase(name="a8_index_col.csv", says=("Column 1 has no name",), ready=2, prompts=_FOUR[:2]),
    ReportCase(
        name="e3_typed_ratios.xlsx",
        says=('did you mean "16:9"?', 'did you mean "9:16"?'),
        before=0,
        question="accept_all",
        ready=6,
        prompts=tuple(f"kettle {r}" for r in ("16:9", "4:5", "1:1", "16:9", "9:16", "3:2")),
    ),
    ReportCase(name="e4_manifest_via_excel.csv", says=("caf\u00c3\u00a9", "Look before you pay")),
    ReportCase(
        name="h1_words.csv",
        says=("bright-daylight", "dutch-tilt", "digital-illustration"),
        before=0,
    ),
)


def names_of(cases: tuple[ReportCase, ...]) -> list[str]:
    """Return what pytest calls each case."""
    return [f"{case.name}{'-other' * case.other}" for case in cases]
