"""ComfyUI's graph of nodes, followed back from the picture to its words, seed and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_MOST_NODES = 5_000
_WORDS = ("text", "string", "prompt", "positive", "clip_l", "t5xxl", "value")
"""How inputs begin that hold words, or a link to a node that does."""

_MOST_STEPS = 100
"""Links that are followed from a sampler to its words."""

_VALUES = ("value", "text", "string", "seed", "noise_seed", "int", "number")
"""Inputs under which nodes that only hand something on keep it."""

_SEEDS = ("seed", "noise_seed", "noise")
_GUIDES = ("positive", "guider", "conditioning")
"""Inputs of a node that makes a picture: it has one of each."""

_WIDGETS: dict[str, tuple[str, ...]] = {
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "RandomNoise": ("noise_seed",),
    "EmptyLatentImage": ("width", "height"),
    "EmptySD3LatentImage": ("width", "height"),
}
"""What the bare values of a node in a workflow are; in a graph every value has its name."""

_SETTINGS = ("steps", "cfg", "sampler_name", "scheduler", "denoise")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRecipe:
    """What a graph says of its picture; `seed` is as it stands there."""

    prompt: str
    seed: object
    size: tuple[int, int] | None
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    inputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Link:
    """An input that comes out of another node."""

    source: str


def read_graph(given: Mapping[str, Any]) -> GraphRecipe | None:
    """Return what the graph that was run (the text `prompt`) says, or None if it is no graph."""
    nodes: dict[str, _Node] = {}
    for name, node in list(given.items())[:_MOST_NODES]:
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
            continue
        inputs = node.get("inputs")
        pairs = inputs.items() if isinstance(inputs, dict) else ()
        nodes[str(name)] = _Node(node["class_type"], {key: _linked(v) for key, v in pairs})
    return _Reading(nodes).recipe() if nodes else None


def read_workflow(given: Mapping[str, Any]) -> GraphRecipe | None:
    """Return what the drawn graph (the text `workflow`) says, or None if it is none."""
    listed, links = given.get("nodes"), given.get("links")
    if not isinstance(listed, list):
        return None
    sources = {
        one[0]: str(one[1])
        for one in (links if isinstance(links, list) else [])
        if isinstance(one, list) and len(one) > 2 and isinstance(one[0], int)
    }
    nodes: dict[str, _Node] = {}
    for node in listed[:_MOST_NODES]:
        if isinstance(node, dict) and isinstance(node.get("type"), str):
            nodes[str(node.get("id"))] = _Node(node["type"], _inputs_of(node, sources))
    return _Reading(nodes).recipe() if nodes else None


def _inputs_of(node: Mapping[str, Any], sources: Mapping[int, str]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    values = node.get("widgets_values")
    names = _WIDGETS.get(node["type"], ("value",))
    if isinstance(values, list):
        inputs = {name: value for name, value in zip(names, values, strict=False) if name}
    elif isinstance(values, dict):
        inputs = dict(values)
    for one in node.get("inputs") or ():
        if isinstance(one, dict) and one.get("link") in sources:
            inputs[str(one.get("name"))] = _Link(sources[one["link"]])
    return inputs


def _linked(value: object) -> object:
    is_link = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int)
    return _Link(str(value[0])) if is_link and isinstance(value, list) else value


class _Reading:
    """One graph with its nodes by name."""

    def __init__(self, nodes: dict[str, _Node]) -> None:
        self._nodes = nodes

    def recipe(self) -> GraphRecipe | None:
        """Follow the picture that is saved back to the sampler that began it."""
        saving = [n for n, node in self._nodes.items() if node.kind.startswith("SaveImage")]
        used = {one.source for node in self._nodes.values() for one in _links(node)}
        ends = saving[:1] or [name for name in self._nodes if name not in used]
        makers = [
            node
            for node in self._upstream(ends)
            if not node.inputs.keys().isdisjoint(_SEEDS)
            and not node.inputs.keys().isdisjoint(_GUIDES)
        ]
        texts = ([self._text_at(maker.inputs.get(name)) for name in _GUIDES] for maker in makers)
        prompts = [text for text in (next(filter(None, found), "") for found in texts) if text]
        if not prompts:
            return None
        # the last on the way back began the picture; the others enlarge it or go over it again
        first = makers[-1]
        said = {n for n, v in first.inputs.items() if v is not None and not isinstance(v, _Link)}
        unused = [name for name in _SETTINGS if name in said]
        refused = self._text_at(first.inputs.get("negative"))
        if refused:
            unused.insert(0, "negative prompt")
        others = sorted({text for text in prompts if text != prompts[-1]})
        unused += [f"another prompt ({text[:60]})" for text in others]
        more = len(self._nodes) - len(makers)
        unused.append(f"{more} other nodes" if more != 1 else "1 other node")
        return GraphRecipe(
            prompt=prompts[-1],
            seed=self._seed_of(first),
            size=self._size_below(first),
            unused=tuple(unused),
        )

    def _upstream(self, names: list[str]) -> Iterator[_Node]:
        """Yield what leads to these nodes, the nearest first, each once."""
        waiting, seen = list(names), set(names)
        for name in waiting:
            node = self._nodes.get(name)
            if node is None:
                continue
            yield node
            for link in _links(node):
                if link.source not in seen:
                    seen.add(link.source)
                    waiting.append(link.source)

    def _text_at(self, given: object) -> str:
        """Return the words that lead to an input, but never those of a negative one."""
        return self._follow(given, set())

    def _follow(self, given: object, seen: set[str]) -> str:
        if isinstance(given, str):
            return given.strip()
        if not isinstance(given, _Link) or given.source in seen or len(seen) > _MOST_STEPS:
            return ""
        seen.add(given.source)
        inputs = self._nodes.get(given.source, _Node("")).inputs
        wanted = {key: value for key, value in inputs.items() if "negative" not in key}
        words = [self._follow(v, seen) for key, v in wanted.items() if key.startswith(_WORDS)]
        if any(words):
            return "\n".join(dict.fromkeys(filter(None, words)))
        links = [value for value in wanted.values() if isinstance(value, _Link)]
        return next(filter(None, (self._follow(link, seen) for link in links)), "")

    def _seed_of(self, maker: _Node) -> object:
        given = next((maker.inputs[n] for n in _SEEDS if n in maker.inputs), None)
        for _ in range(len(self._nodes)):
            if not isinstance(given, _Link):
                return given
            node = self._nodes.get(given.source, _Node(""))
            given = next((node.inputs[name] for name in _VALUES if name in node.inputs), None)
        return None

    def _size_below(self, maker: _Node) -> tuple[int, int] | None:
        latent = maker.inputs.get("latent_image")
        for node in self._upstream([latent.source] if isinstance(latent, _Link) else []):
            width, height = (self._number(node.inputs.get(n)) for n in ("width", "height"))
            if width and height and "Empty" in node.kind:
                return width, height
        return None

    def _number(self, given: object) -> int | None:
        if isinstance(given, _Link):
            given = self._nodes.get(given.source, _Node("")).inputs.get("value")
        return given if isinstance(given, int) and not isinstance(given, bool) else None


def _links(node: _Node) -> list[_Link]:
    return [value for value in node.inputs.values() if isinstance(value, _Link)]
