"""The scripts of our components, which a browser loads as the modules that they are.

Their address holds a digest of all scripts of the component: a browser keeps them for ever, and
another version of the studio asks for all of them under another address.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from core.errors import NotFoundError

_PATH = "/app/static/components"
_FOLDER = Path(__file__).parent


def loader(component: str, base_path: str) -> str:
    """Return the script that Streamlit starts: it imports the component's own module.

    `base_path` is the path below which the studio is served, or nothing.
    """
    address = json.dumps(f"{base_path}{_PATH}/{component}/{_version(component)}/{component}.js")
    return (
        f"const module = await import(new URL({address}, location.href).href);\n"
        "export default module.default;\n"
    )


def styles(component: str) -> str:
    """Return the style sheet of a component."""
    return _files(component, "css")[component].decode()


def load_script(component: str, version: str, name: str) -> bytes:
    """Return one module of a component, or raise NotFoundError."""
    scripts = _files(component, "js")
    if name not in scripts or version != _version(component):
        raise NotFoundError("There is no such script.")
    return scripts[name]


@cache
def _version(component: str) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(_files(component, "js").items()):
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def _files(component: str, suffix: str) -> dict[str, bytes]:
    return _all_files(suffix).get(component, {})


@cache
def _all_files(suffix: str) -> dict[str, dict[str, bytes]]:
    """Return the files of every component by name; the words of a visitor open no file."""
    folders = (path for path in _FOLDER.iterdir() if path.is_dir())
    return {
        folder.name: {path.stem: path.read_bytes() for path in folder.glob(f"*.{suffix}")}
        for folder in folders
    }
