"""Differences between scenes, field by field, and between texts, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from core.domain.vocabulary import parameter

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a scene: as requested, as understood, and as it is in the parent.

    `is_drift` means that it differs from the parent although nobody asked for that.
    """

    name: str
    asked: str | None
    understood: str | None
    parent: str | None
    is_changed: bool
    is_drift: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text that is in both texts, or in only one of them."""

    text: str
    kind: Literal["same", "removed", "added"]


def flat_fields(scene: str | None) -> dict[str, str]:
    """Return a scene's fields in order, named like `lighting.direction`; {} without a scene."""
    if not scene:
        return {}
    try:
        tree = json.loads(scene)
    except ValueError:
        return {"scene": scene}
    found: dict[str, str] = {}
    _flatten(tree, "", found)
    return found


def compare_with_parent(
    *,
    asked: str | None,
    understood: str | None,
    parent: str | None,
    wanted: Mapping[str, str],
    is_instructed: bool,
) -> list[FieldChange]:
    """Return every field of three scenes; `wanted` are the parameters that were set, with values.

    Requested are the fields that those parameters write, and those in which the requested scene
    differs from the parent; a scene that was only passed on is no request.

    A field that differs from the parent, although neither a parameter nor the requested scene says
    so, is drift: the engine changed it by itself. After an instruction nothing is called drift,
    because only a reader can tell what it asked for.
    """
    scenes = flat_fields(asked), flat_fields(understood), flat_fields(parent)
    meant = fields_of_parameters(wanted)
    values: dict[str, str] = {}
    """What these parameters write into the scene, by its fields."""

    for parameter_name, chosen in wanted.items():
        for one in parameter(parameter_name).values:
            if one.value == chosen:
                _flatten(one.patch, "", values)
    names = dict.fromkeys(name for scene in (*reversed(scenes), values) for name in scene)
    changes = []
    for name in names:
        was, now = scenes[2].get(name), scenes[1].get(name)
        is_changed = bool(parent and understood) and was != now
        is_meant = is_instructed or name in meant or (bool(asked) and scenes[0].get(name) != was)
        changes.append(
            FieldChange(
                name=name,
                asked=values.get(name, scenes[0].get(name) if scenes[0].get(name) != was else None),
                understood=now,
                parent=was,
                is_changed=is_changed,
                is_drift=is_changed and not is_meant,
            )
        )
    return changes


def fields_of_parameters(names: Collection[str]) -> set[str]:
    """Return the scene fields that these parameters write, such as `lighting.conditions`."""
    found: dict[str, str] = {}
    for name in names:
        for value in parameter(name).values:
            _flatten(value.patch, "", found)
    return set(found)


def differing(columns: Sequence[Mapping[str, str]]) -> dict[str, tuple[str | None, ...]]:
    """Return the fields in which pictures differ, with each picture's value."""
    names = dict.fromkeys(name for column in columns for name in column)
    rows = {name: tuple(column.get(name) for column in columns) for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


def word_changes(before: str, after: str) -> list[Stretch]:
    """Return both texts as one, marked with what was removed and added, in whole words."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[Stretch] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Stretch("".join(old[from_old:to_old]), "same"))
            continue
        if to_old > from_old:
            pieces.append(Stretch("".join(old[from_old:to_old]), "removed"))
        if to_new > from_new:
            pieces.append(Stretch("".join(new[from_new:to_new]), "added"))
    return pieces


def _flatten(tree: Any, path: str, found: dict[str, str]) -> None:  # noqa: ANN401 - any JSON
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            _flatten(value, f"{path}.{key}" if path else str(key), found)
    elif isinstance(tree, list) and any(isinstance(one, Mapping | list) for one in tree):
        for number, value in enumerate(tree, start=1):
            _flatten(value, f"{path} {number}", found)
    elif isinstance(tree, list):
        found[path] = ", ".join(str(one) for one in tree)
    elif tree is not None:
        found[path] = str(tree)
