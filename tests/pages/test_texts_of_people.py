"""What people wrote is never read as markdown: the elements that read it get escaped text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.serving import ROOT

READ_MARKDOWN = {"error", "warning", "info", "success", "caption", "markdown", "toast", "write"}
MAY_REPEAT_SOMEBODY = {"message", "reason", "words", "advice", "suggestion", "name", "prompt"}


def raw_texts(tree: ast.AST) -> Iterator[str]:
    """Give what is handed to an element that reads markdown and may repeat what somebody wrote."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in READ_MARKDOWN
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "st"
            and node.args
            and isinstance(node.args[0], ast.Attribute)
            and node.args[0].attr in MAY_REPEAT_SOMEBODY
        ):
            yield ast.unparse(node)


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.stem)
def test_no_element_that_reads_markdown_gets_text_as_somebody_wrote_it(path: object) -> None:
    found = list(raw_texts(ast.parse(path.read_text())))  # type: ignore[attr-defined]

    assert found == []
