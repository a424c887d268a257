"""The tables of modules and of benches in the README, made from the modules' own words.

`python -m tests.readme` writes them; tests compare them.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.bench.finding import benches

ROOT = Path(__file__).parents[1]
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


def table_in_readme(name: str = "modules") -> str:
    """Return a table as the README has it now."""
    readme = (ROOT / "README.md").read_text()
    return readme.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip()


def _rows(paths: list[Path]) -> list[str]:
    rows = [f"| `{path.as_posix()}` | {first_sentence(ROOT / path)} |" for path in paths]
    return ["| module | what it is |", "|---|---|", *rows]


def _put_in(readme: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = readme.partition(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"


if __name__ == "__main__":
    page = ROOT / "README.md"
    text = _put_in(page.read_text(), "benches", bench_table())
    page.write_text(_put_in(text, "modules", module_table()))
