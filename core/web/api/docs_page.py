"""The page that explains the API to people: made from its own description, without any script."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from core.web.api.curl_examples import curl

_METHODS = ("get", "post", "delete")


def add(api: FastAPI) -> None:
    """Serve the page at /docs."""

    @api.get("/docs", include_in_schema=False)
    def show_page(request: Request) -> HTMLResponse:
        base = str(request.base_url.replace(path=request.scope["root_path"]))
        return HTMLResponse(write_page(api.openapi(), base))


def write_page(described: dict[str, Any], base: str) -> str:
    """Return the page; every example in it runs as it stands against `base`."""
    operations = [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
    ]
    parts = [_operation(described, base, *one) for one in operations]
    contents = "".join(
        f'<li><a href="#{o["operationId"]}">{escape(o["summary"])}</a></li>'
        for _, _, o in operations
    )
    info = described["info"]
    style = (files("core.web.api") / "docs_page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>REST · {escape(info['title'])}</title><style>{style}</style></head><body>"
        f"<nav><a href='/'>{escape(info['title'])}</a><ol>{contents}</ol>"
        f"<p><a href='{base}/openapi.json'>openapi.json</a></p></nav>"
        f"<main><h1>REST</h1><p>{_words(info['description'])}</p>"
        "<p>On this machine no key is needed. From elsewhere send "
        "<code>Authorization: Bearer fibo_…</code>.</p>"
        f"{''.join(parts)}</main></body></html>"
    )


def _operation(
    described: dict[str, Any], base: str, path: str, method: str, operation: dict[str, Any]
) -> str:
    examples = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption><pre>{escape(command)}</pre></figure>"
        for title, command in curl(base, path, method, operation)
    )
    refusals = ", ".join(f"<code>{code}</code>" for code in operation["responses"] if code >= "4")
    return (
        f'<section id="{operation["operationId"]}"><h2>{escape(operation["summary"])}</h2>'
        f'<p class="address"><b>{method.upper()}</b> <code>{escape("/api" + path)}</code></p>'
        f"<p>{_words(operation.get('description', ''))}</p>"
        f"{_fields('Query and headers', _parameters(operation))}"
        f"{_fields('Body', _body(operation))}{examples}"
        f"{_fields('Answer', _answer(described, operation))}"
        f'<p class="refusals">Refusals: {refusals}</p></section>'
    )


Line = tuple[str, str, str]
"""Name, type and description of a field."""


def _fields(title: str, lines: list[Line]) -> str:
    if not lines:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{_words(text)}</td></tr>"
        for name, kind, text in lines
    )
    return f"<details><summary>{title}</summary><table>{rows}</table></details>"


def _parameters(operation: dict[str, Any]) -> list[Line]:
    return [
        (p["name"], _kind(p["schema"]), p.get("description", ""))
        for p in operation.get("parameters", ())
        if p["in"] != "path"
    ]


def _body(operation: dict[str, Any]) -> list[Line]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    described: dict[str, Any] = next(iter(content.values()), {})
    return _properties(described.get("schema", {}))


def _answer(described: dict[str, Any], operation: dict[str, Any]) -> list[Line]:
    content = operation["responses"].get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return _properties(described["components"]["schemas"].get(name, schema))


def _properties(schema: dict[str, Any]) -> list[Line]:
    return [
        (name, _kind(part), part.get("description", ""))
        for name, part in schema.get("properties", {}).items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " · ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    kind = schema.get("type") or schema.get("$ref", "").rpartition("/")[2]
    default = schema.get("default")
    return kind if default is None else f"{kind}, default {json.dumps(default)}"


def _words(text: str) -> str:
    # text between backticks is code; nothing else of Markdown is understood
    parts = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(parts))
