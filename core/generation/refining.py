"""Makes a picture again with changes, keeping its scene and its seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from core.domain.request import GenerationRequest, parse_request
from core.domain.scene import scene_of, write_structured_prompt
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import InvalidRequestError
from core.generation.service import LOCAL_USER, GenerationService
from core.records.generations import Generation
from core.records.payloads import Detail


def refine(
    service: GenerationService,
    generation_id: int,
    *,
    instruction: str | None = None,
    parameters: Mapping[str, str] | None = None,
    engine: str | None = None,
    seed: int | None = None,
    user_id: int = LOCAL_USER,
    batch_id: int | None = None,
    in_transaction: Callable[[Session, int], None] | None = None,
) -> Generation:
    """Return the child of a generation: same scene and seed, with the changes named here.

    `instruction` is a sentence for the engine ("make it night"); `parameters` are written into the
    scene. The child's own parameters are those that changed; the others are in its scene. Raises
    NotFoundError, InvalidRequestError or BudgetExceededError.
    """
    if not instruction and not parameters:
        raise InvalidRequestError.of("instruction", "Say what to change, or change a parameter.")
    parent = service.see(generation_id)
    changes = {"instruction": instruction or None, "engine": engine, "seed": seed}
    if engine not in (None, parent.engine):
        changes["resolution"] = "full"  # the other engine may not support drafts
    return service.ask(
        child_of(
            parent,
            known_scene(parent, service.see_detail(generation_id)),
            **(parameters or {}),
            **{name: value for name, value in changes.items() if value is not None},
        ),
        user_id=user_id,
        parent_id=parent.id,
        batch_id=batch_id,
        in_transaction=in_transaction,
    )


def child_of(parent: Generation, scene: str, **changes: Any) -> GenerationRequest:  # noqa: ANN401 - fields
    """Return the parent's request and seed with another scene and `changes`.

    The parent's parameters and its instruction are part of the scene already. Raises
    InvalidRequestError.
    """
    settled = {*PARAMETER_NAMES, "instruction"}
    kept = {name: value for name, value in parent.recipe.items() if name not in settled}
    child = {**kept, "project_id": parent.project_id, "structured_prompt": scene}
    return parse_request({**child, **changes})


def known_scene(generation: Generation, detail: Detail) -> str:
    """Return the best known structured prompt: the returned, else the requested, else our own."""
    if detail.structured_prompt or detail.asked_scene:
        return detail.structured_prompt or detail.asked_scene or ""
    return write_structured_prompt(scene_of(generation.prompt, generation.parameters))
