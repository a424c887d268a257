"""The table of modules in the README, made from the modules' own words.

`python -m tests.readme` writes it; a test compares it.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- modules -->", "<!-- /modules -->"
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


def table_in_readme() -> str:
    """Return the table as the README has it now."""
    return (ROOT / "README.md").read_text().partition(BEGIN)[2].partition(END)[0].strip()


def _rows(paths: list[Path]) -> list[str]:
    rows = [f"| `{path.as_posix()}` | {first_sentence(ROOT / path)} |" for path in paths]
    return ["| module | what it is |", "|---|---|", *rows]


if __name__ == "__main__":
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{module_table()}\n{END}{after}")
