"""What other tools write into their pictures: prompt, seed and size, and what is of no use here.

Read are the texts of AUTOMATIC1111 (and what writes like it), ComfyUI, InvokeAI, Fooocus and
SwarmUI.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.request import LARGEST_SEED
from core.library.comfy_graph import read_graph, read_workflow

A1111 = "AUTOMATIC1111"
_LONGEST_SETTINGS, _MOST_UNUSED = 20_000, 40
_SETTING = re.compile(r'\s*([\w][\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_FEWEST_SETTINGS = 3
"""A last line with fewer of them is a line of the prompt."""

_NEGATIVE = "Negative prompt:"
_TWO_NUMBERS = re.compile(r"\D{0,3}(\d{1,6})\D{1,4}(\d{1,6})\D{0,3}")
_DREAM_FLAG = re.compile(r"(?<= )-([A-Za-z]) ?(-?[\w.]+)")
_PROMPT_NAMES = ("prompt", "positive_prompt", "positive prompt", "full_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRecipe:
    """What the file of another tool says; `seed` is one that can be used here."""

    tool: str
    prompt: str
    seed: int | None = None
    size: tuple[int, int] | None = None
    unused: tuple[str, ...] = ()
    """What else it says, in words for people: names of settings, a seed that is too large."""


def read_other_recipe(texts: Mapping[str, str]) -> OtherRecipe | None:
    """Return what another tool wrote about its picture, or None where no tool is recognised."""
    written = texts.get("parameters") or texts.get("UserComment") or ""
    readers: tuple[Callable[[], OtherRecipe | None], ...] = (
        lambda: _of_json(written, texts),
        lambda: _of_a1111(written, texts),
        lambda: _of_invokeai(texts),
        lambda: _of_comfyui(texts),
    )
    return next((found for found in (read() for read in readers) if found), None)


def _of_json(written: str, texts: Mapping[str, str]) -> OtherRecipe | None:
    """Read SwarmUI's `sui_image_params`, and the JSON of Fooocus and its relatives."""
    fields = _json_object(written)
    swarm = fields.get("sui_image_params")
    if isinstance(swarm, dict):
        return _of_fields("SwarmUI", swarm)
    if fields:
        return _of_fields("Fooocus", fields)
    # Fooocus MRE keeps the same fields in a comment
    comment = _json_object(texts.get("Comment", ""))
    return _of_fields("Fooocus", comment) if "base_model" in comment else None


def _of_a1111(written: str, texts: Mapping[str, str]) -> OtherRecipe | None:
    """Read the prompt, the line of the negative prompt, and the line of settings below."""
    lines = written.replace("\r\n", "\n").strip().split("\n")
    place = next((i for i in range(len(lines) - 1, -1, -1) if _settings_in(lines[i])), None)
    if place is None:
        return None
    settings = _settings_in(lines[place])
    body = lines[:place]
    negative = next((i for i, line in enumerate(body) if line.startswith(_NEGATIVE)), len(body))
    unused = []
    refused = "\n".join(body[negative:]).removeprefix(_NEGATIVE).strip()
    if refused:
        unused.append(f"negative prompt ({_shortened(refused)})")
    seed, too_large = _seed_of(settings.pop("Seed", None))
    size = _size_of(settings.pop("Size", ""))
    unused += [*too_large, *settings]
    unused += [line.partition(":")[0] for line in lines[place + 1 :] if ":" in line]
    is_fooocus = "fooocus_scheme" in texts or settings.get("Version", "").startswith("Fooocus")
    return OtherRecipe(
        tool="Fooocus" if is_fooocus else A1111,
        prompt="\n".join(body[:negative]).strip(),
        seed=seed,
        size=size,
        unused=tuple(unused[:_MOST_UNUSED]),
    )


def _of_invokeai(texts: Mapping[str, str]) -> OtherRecipe | None:
    fields = _json_object(texts.get("invokeai_metadata", ""))
    if fields:
        return _of_fields("InvokeAI", fields)
    older = _json_object(texts.get("sd-metadata", "")).get("image")
    if isinstance(older, dict):
        parts = older.get("prompt")
        if isinstance(parts, list):
            words = [str(one.get("prompt", "")) for one in parts if isinstance(one, dict)]
            older = {**older, "prompt": " ".join(words)}
        return _of_fields("InvokeAI", older)
    oldest = texts.get("Dream", "").strip()
    prompt, closing, flags = oldest.removeprefix('"').rpartition('"')
    if not oldest.startswith('"') or not closing:
        return None
    named = dict(_DREAM_FLAG.findall(flags[:_LONGEST_SETTINGS]))
    size = {"width": named.pop("W", None), "height": named.pop("H", None)}
    given = {"prompt": prompt, "seed": named.pop("S", None), **size}
    return _of_fields("InvokeAI", {**given, **{f"-{flag}": v for flag, v in named.items()}})


def _of_comfyui(texts: Mapping[str, str]) -> OtherRecipe | None:
    graph, workflow = (_json_object(texts.get(name, "")) for name in ("prompt", "workflow"))
    found = read_graph(graph) or read_workflow(workflow)
    if found is None:
        return None
    seed, too_large = _seed_of(found.seed)
    unused = (*too_large, *found.unused)[:_MOST_UNUSED]
    return OtherRecipe(
        tool="ComfyUI", prompt=found.prompt.strip(), seed=seed, size=found.size, unused=unused
    )


def _of_fields(tool: str, given: Mapping[str, Any]) -> OtherRecipe | None:
    """Return what stands in an object of named settings, whatever their case."""
    fields = {str(name).casefold(): value for name, value in given.items()}
    name = next((n for n in _PROMPT_NAMES if isinstance(fields.get(n), str) and fields[n]), None)
    if name is None:
        return None
    prompt = fields.pop(name)
    seed, too_large = _seed_of(fields.pop("seed", None))
    size = _size_of(f"{fields.pop('width', '')}x{fields.pop('height', '')}")
    size = _size_of(str(fields.pop("resolution", ""))) or size
    said = {name: value for name, value in fields.items() if value not in (None, "", [], {})}
    named = [_in_words(name, value) for name, value in said.items()]
    return OtherRecipe(
        tool=tool,
        prompt=prompt.strip(),
        seed=seed,
        size=size,
        unused=(*too_large, *named)[:_MOST_UNUSED],
    )


def _in_words(name: str, value: object) -> str:
    spaced = name.replace("_", " ")
    is_negative = spaced.replace(" ", "") == "negativeprompt" and isinstance(value, str)
    return f"negative prompt ({_shortened(str(value))})" if is_negative else spaced


def _settings_in(line: str) -> dict[str, str]:
    """Return the settings of such a line by name, or nothing for a line of words."""
    if len(line) > _LONGEST_SETTINGS:
        return {}
    found = {name.strip(): value.strip('" ') for name, value in _SETTING.findall(line)}
    is_line = len(found) >= _FEWEST_SETTINGS and ("Steps" in found or "Seed" in found)
    return found if is_line else {}


def _seed_of(given: object) -> tuple[int | None, list[str]]:
    """Return a seed that can be used here, and in words one that cannot."""
    text = str(given).strip().removesuffix(".0")
    if not re.fullmatch(r"\d{1,25}", text, re.ASCII):
        return None, []
    if int(text) > LARGEST_SEED:
        return None, [f"seed {text} (the largest here is {LARGEST_SEED})"]
    return int(text), []


def _size_of(text: str) -> tuple[int, int] | None:
    match = _TWO_NUMBERS.fullmatch(text.strip())
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    return (width, height) if width and height else None


def _json_object(text: str) -> dict[str, Any]:
    if not text.lstrip().startswith("{"):
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else f"{plain[:59]}…"
