"""The routes of single pictures: generate, look, refine, decide."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse

from core.domain.request import LARGEST_ID
from core.domain.vocabulary import PARAMETER_NAMES
from core.errors import InvalidRequestError, NotFoundError, Problem
from core.generation.refining import refine as refine_picture
from core.generation.service import InTransaction
from core.keys.from_settings import Scope
from core.records.generations import Generation
from core.web.api import openapi
from core.web.api.auth import Access
from core.web.api.error_responses import documented, with_price
from core.web.api.request_body import read_object, read_request
from core.web.api.responses import GenerationAnswer, tell_generation
from core.web.api.waiting import AnswerMode, answer_generation, mode_of
from core.wiring import Studio

GenerationId = Annotated[int, Path(description="The `id` of a generation.")]

_CHANGEABLE = (*PARAMETER_NAMES, "engine", "seed")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the routes of single pictures."""
    router = APIRouter(tags=["pictures"])

    as_wanted = Depends(mode_of(access))

    # the address of the first version; described is the one without a slash at its end
    @router.post("/generate/", include_in_schema=False)
    @router.post(
        "/generate",
        summary="Make one picture",
        responses=openapi.made(GenerationAnswer) | documented(402, 413),
        openapi_extra=openapi.body(
            openapi.generate_fields(studio.service.engine_names), openapi.GENERATE_EXAMPLES
        ),
    )
    async def generate(
        request: Request,
        response: Response,
        mode: AnswerMode = as_wanted,
    ) -> GenerationAnswer:
        """200 when the picture has ended, 202 with `Location` while it is still being made."""
        fields = await read_object(request)
        preferred = studio.service.engine_names[0]
        with with_price(lambda: price_of_fields(studio, fields)):
            asked, user_id = read_request(fields, engine=preferred)

            def ask(in_transaction: InTransaction | None) -> Generation:
                return studio.service.ask(asked, user_id=user_id, in_transaction=in_transaction)

            return await answer_generation(studio, request, response, mode, fields, ask)

    @router.post(
        "/generate/{generation_id:id}/refine",
        summary="Make a picture again with something changed",
        responses=openapi.made(GenerationAnswer) | documented(402, 404, 413),
        openapi_extra=openapi.body(
            openapi.refine_fields(studio.service.engine_names),
            openapi.REFINE_EXAMPLES,
            required=False,
        )
        | openapi.asked_with(("A sentence in the query", "?refinement_prompt=make%20it%20winter")),
    )
    async def refine(
        generation_id: GenerationId,
        request: Request,
        response: Response,
        mode: AnswerMode = as_wanted,
        refinement_prompt: Annotated[
            str | None, Query(description="What to change, in a sentence.")
        ] = None,
    ) -> GenerationAnswer:
        """Scene and seed stay; say what to change in the query, the body, or both."""
        fields = await read_object(request, optional=True)
        changes = read_changes(fields, refinement_prompt)

        def ask(in_transaction: InTransaction | None) -> Generation:
            parent = see(studio, generation_id)
            engine = str(changes["engine"] or parent.engine)
            with with_price(lambda: studio.service.price_microusd(engine)):
                return refine_picture(
                    studio.service, generation_id, **changes, in_transaction=in_transaction
                )

        return await answer_generation(studio, request, response, mode, fields, ask)

    reads = [Depends(access.to(Scope.READ))]

    @router.get(
        "/generate/{generation_id:id}",
        summary="One picture as it stands now",
        responses=documented(404),
        dependencies=reads,
    )
    def look(generation_id: GenerationId, request: Request) -> GenerationAnswer:
        """Return one generation with its parameters, reasons, costs and errors."""
        return tell_generation(studio.service, see(studio, generation_id), request)

    @router.get(
        "/generate/{generation_id:id}/image",
        summary="The picture itself",
        response_class=FileResponse,
        responses=openapi.PICTURE | documented(404),
        dependencies=reads,
    )
    def image(generation_id: GenerationId) -> Response:
        """Return the picture, byte for byte as the engine delivered it."""
        file = studio.service.picture_file(see(studio, generation_id))
        return FileResponse(
            file.path,
            media_type=file.media_type,
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    carry_out = {
        "cancel": studio.decisions.cancel,
        "check-again": studio.decisions.check_again,
        "send-again": studio.decisions.send_again,
        "give-up": studio.decisions.give_up,
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
            price = see(studio, generation_id).price_microusd
            with with_price(lambda: price) if decision == "send-again" else nullcontext():
                decided = carry_out[decision](generation_id)
            return tell_generation(studio.service, decided, request)

    add("cancel", "Take back a picture that was not sent yet")
    add("check-again", "Ask the provider for the picture of an unclear order again, which is free")
    add("send-again", "Send an unclear order again, for its price")
    add("give-up", "Give up an unclear order; its possible charge stays counted")
    return router


def price_of_fields(studio: Studio, fields: dict[str, Any]) -> int:
    """Return the price of a picture that these fields ask for, in microusd, even if they fail."""
    engine = fields.get("engine")
    names = studio.service.engine_names
    return studio.service.price_microusd(engine if engine in names else names[0])


def see(studio: Studio, generation_id: int) -> Generation:
    """Return a generation; NotFoundError also for an illegal id."""
    if not 0 < generation_id <= LARGEST_ID:
        raise NotFoundError(f"There is no generation {generation_id}.")
    return studio.service.see(generation_id)


def read_changes(fields: dict[str, Any], refinement_prompt: str | None) -> dict[str, Any]:
    """Return the changes of a refinement as arguments; parameters may be flat or nested."""
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    instruction = given.pop("refinement_prompt", refinement_prompt)
    nested = given.pop("parameters", {})
    if not isinstance(nested, dict):
        sentence = 'parameters must be an object such as {"lighting": "soft"}.'
        raise InvalidRequestError.of("parameters", sentence)
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
