"""The routes of single pictures: ask, look, refine, decide."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse

from core.api import schemas
from core.api.access import Access
from core.api.answers import GenerationAnswer, tell_generation
from core.api.bodies import read_object, read_request
from core.api.manner import Manner, answer_generation, manner_of
from core.api.parts import Parts
from core.api.refusals import documented
from core.domain.request import LARGEST_ID
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import InvalidRequestError, NotFoundError, Problem
from core.generation.once import Alongside
from core.generation.refining import refine as refine_picture
from core.keys.given import Scope
from core.records.generations import Generation

GenerationId = Annotated[int, Path(description="The `id` of a generation.")]

_CHANGEABLE = (*PARAMETER_NAMES, "engine", "seed")


def routes(parts: Parts, access: Access) -> APIRouter:
    """Return the routes of single pictures."""
    router = APIRouter(tags=["pictures"])
    _add_asking(router, parts, access)
    _add_refining(router, parts, access)
    _add_looking(router, parts, access)
    _add_decisions(router, parts, access)
    return router


def _add_asking(router: APIRouter, parts: Parts, access: Access) -> None:
    as_wanted = Depends(manner_of(access))

    @router.post("/generate", include_in_schema=False)
    @router.post(
        "/generate/",
        summary="Make one picture",
        responses=schemas.made(GenerationAnswer) | documented(402, 413),
        openapi_extra=schemas.body(
            schemas.generate_fields(parts.desk.engine_names), schemas.GENERATE_EXAMPLES
        ),
    )
    async def generate(
        request: Request,
        response: Response,
        manner: Manner = as_wanted,
    ) -> GenerationAnswer:
        """200 when the picture has ended, 202 with `Location` while it is still being made."""
        fields = await read_object(request)
        asked, user_id = read_request(fields, engine=parts.desk.engine_names[0])

        def ask(alongside: Alongside | None) -> Generation:
            return parts.desk.ask(asked, user_id=user_id, alongside=alongside)

        return await answer_generation(parts, request, response, manner, fields, ask)


def _add_refining(router: APIRouter, parts: Parts, access: Access) -> None:
    as_wanted = Depends(manner_of(access))

    @router.post(
        "/generate/{generation_id:id}/refine",
        summary="Make a picture again with something changed",
        responses=schemas.made(GenerationAnswer) | documented(402, 404, 413),
        openapi_extra=schemas.body(
            schemas.refine_fields(parts.desk.engine_names),
            schemas.REFINE_EXAMPLES,
            required=False,
        )
        | schemas.asked_with(("A sentence in the query", "?refinement_prompt=make%20it%20winter")),
    )
    async def refine(
        generation_id: GenerationId,
        request: Request,
        response: Response,
        manner: Manner = as_wanted,
        refinement_prompt: Annotated[
            str | None, Query(description="What to change, in a sentence.")
        ] = None,
    ) -> GenerationAnswer:
        """Scene and seed stay; say what to change in the query, the body, or both."""
        fields = await read_object(request, optional=True)
        changes = read_changes(fields, refinement_prompt)

        def ask(alongside: Alongside | None) -> Generation:
            see(parts, generation_id)
            return refine_picture(parts.desk, generation_id, **changes, alongside=alongside)

        return await answer_generation(parts, request, response, manner, fields, ask)


def _add_looking(router: APIRouter, parts: Parts, access: Access) -> None:
    reads = [Depends(access.to(Scope.READ))]

    @router.get(
        "/generate/{generation_id:id}",
        summary="One picture as it stands now",
        responses=documented(404),
        dependencies=reads,
    )
    def look(generation_id: GenerationId, request: Request) -> GenerationAnswer:
        """Return one generation with its parameters, reasons, costs and errors."""
        return tell_generation(parts.desk, see(parts, generation_id), request)

    @router.get(
        "/generate/{generation_id:id}/image",
        summary="The picture itself",
        response_class=FileResponse,
        responses=schemas.PICTURE | documented(404),
        dependencies=reads,
    )
    def image(generation_id: GenerationId) -> Response:
        """Return the picture, byte for byte as the engine delivered it."""
        file = parts.desk.picture_file(see(parts, generation_id))
        return FileResponse(
            file.path,
            media_type=file.media_type,
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )


def _add_decisions(router: APIRouter, parts: Parts, access: Access) -> None:
    carry_out = {
        "cancel": parts.decisions.cancel,
        "check-again": parts.decisions.check_again,
        "send-again": parts.decisions.send_again,
        "give-up": parts.decisions.give_up,
    }

    def add(decision: str, summary: str) -> None:
        @router.post(
            f"/generate/{{generation_id:id}}/{decision}",
            summary=summary,
            name=decision,
            responses=documented(402, 404, 409),
            dependencies=[Depends(access.to(Scope.GENERATE))],
        )
        def decide(generation_id: GenerationId, request: Request) -> GenerationAnswer:
            see(parts, generation_id)
            decided = carry_out[decision](generation_id)
            return tell_generation(parts.desk, decided, request)

    add("cancel", "Take back a picture that was not sent yet")
    add("check-again", "Ask for the picture of an unknown order once more, which is free")
    add("send-again", "Send an unknown order again, for its price")
    add("give-up", "Close an unknown order; its possible charge stays counted")


def see(parts: Parts, generation_id: int) -> Generation:
    """Return a generation, or raise NotFoundError also for what cannot be an id."""
    if not 0 < generation_id <= LARGEST_ID:
        raise NotFoundError(f"There is no generation {generation_id}.")
    return parts.desk.see(generation_id)


def read_changes(fields: dict[str, Any], refinement_prompt: str | None) -> dict[str, Any]:
    """Return what a refinement changes, as arguments; parameters may stand alone or together."""
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    instruction = given.pop("refinement_prompt", refinement_prompt)
    nested = given.pop("parameters", {})
    if not isinstance(nested, dict):
        sentence = 'parameters must be an object such as {"lighting": "soft"}.'
        raise InvalidRequestError([Problem(field="parameters", message=sentence)])
    given |= nested
    unknown = [name for name in given if name not in _CHANGEABLE]
    if unknown:
        raise InvalidRequestError(
            [
                Problem(
                    field=name,
                    message=f"{name} cannot be changed; {', '.join(_CHANGEABLE)} can.",
                )
                for name in unknown
            ]
        )
    engine, seed = given.pop("engine", None), given.pop("seed", None)
    return {"instruction": instruction, "parameters": given, "engine": engine, "seed": seed}
