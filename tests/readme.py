"""The README and the pages beside it: what they say, and the tables in them that are generated.

`python -m tests.readme` writes the tables of modules, benches and columns; tests compare them.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from core.intake.template import TEMPLATE_COLUMNS
from tests.bench.finding import benches

ROOT = Path(__file__).parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
"""Every page that people read; the changelog is no manual."""

_FOLDED = "core/engines/preview"


def module_table() -> str:
    """Return the table as Markdown, the renderer's many modules folded away."""
    files = [
        ROOT / "app.py",
        *sorted((ROOT / "pages").rglob("*.py")),
        *sorted((ROOT / "core").rglob("*.py")),
    ]
    paths = [path.relative_to(ROOT) for path in files if "versions" not in path.parts]
    shown = [path for path in paths if not path.as_posix().startswith(f"{_FOLDED}/")]
    folded = [path for path in paths if path not in shown]
    return "\n".join(
        [
            *_rows(shown),
            "",
            f"<details><summary>The renderer, <code>{_FOLDED}/</code></summary>",
            "",
            *_rows(folded),
            "",
            "</details>",
        ]
    )


def first_sentence(path: Path) -> str:
    """Return the first line of a module's docstring; an empty one has none."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def bench_table() -> str:
    """Return the table of benches as Markdown."""
    rows = [
        f"| `python -m tests.bench.{name}` | {what_is_measured(path)} |"
        for name, path in benches().items()
    ]
    return "\n".join(["| command | what it measures |", "|---|---|", *rows])


def what_is_measured(path: Path) -> str:
    """Return the first sentence of a bench without the command that may follow it."""
    return first_sentence(path).partition(": `")[0].removesuffix(".")


def column_table() -> str:
    """Return the columns of the batch template as Markdown."""
    rows = [f"| `{name}` | {text} |" for name, text in TEMPLATE_COLUMNS]
    return "\n".join(["| column | what it holds |", "|---|---|", *rows])


TABLES = {
    "modules": ("docs/modules.md", module_table),
    "benches": ("docs/measured.md", bench_table),
    "columns": ("docs/batches.md", column_table),
}
"""Each generated table: the page it stands on, and what makes it."""


def table_on_page(name: str) -> str:
    """Return a table as its page has it now."""
    text = (ROOT / TABLES[name][0]).read_text()
    return text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip()


def headings_of(page: Path) -> set[str]:
    """Return the anchors of a page as GitHub makes them."""
    outside = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in found}


def listing(kind: str, *, holding: str = "") -> str:
    """Return the one listing of that kind that holds some words, whichever page it stands on.

    A listing may stand on several pages, as the first steps do; then it is the same everywhere.
    """
    found = {
        one
        for page in PAGES
        for one in re.findall(
            rf"^```{re.escape(kind)}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
        )
        if holding in one
    }
    assert len(found) == 1, f"{len(found)} different listings of {kind} hold {holding!r}"
    return str(found.pop())


def _rows(paths: list[Path]) -> list[str]:
    rows = [f"| `{path.as_posix()}` | {first_sentence(ROOT / path)} |" for path in paths]
    return ["| module | what it is |", "|---|---|", *rows]


def _put_in(page: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    for table_name, (place, table_of) in TABLES.items():
        target = ROOT / place
        target.write_text(_put_in(target.read_text(), table_name, table_of()))
