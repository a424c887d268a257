"""The route that tells how a picture was made, from its file."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile

from core.errors import InvalidRequestError
from core.keys.from_settings import Scope
from core.web.api import openapi
from core.web.api.auth import Access
from core.web.api.error_responses import documented
from core.web.api.upload_form import FormReader
from core.wiring import Studio


class RecipeAnswer(BaseModel):
    """How the picture in a file was made, as far as it can be asked for here."""

    request: dict[str, Any] = Field(
        description="What to post to `/generate/` for such a picture.",
        examples=[{"prompt": "a copper kettle", "seed": 42, "aspect_ratio": "2:3"}],
    )
    tool: str | None = Field(description="The other tool that made it; null for one of ours.")
    generation_id: str | None = Field(description="Its `id`, if this very picture is here.")
    notices: list[str] = Field(description="What of it is not used or was changed.")


def routes(studio: Studio, access: Access) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["pictures"])
    uploads = FormReader()
    file = {"type": "string", "format": "binary", "description": "PNG, JPEG or WebP."}

    @router.post(
        "/recipe",
        summary="How a picture was made",
        responses=documented(413),
        openapi_extra=openapi.uploaded({"file": file}, openapi.RECIPE_EXAMPLES, name="picture.png"),
        dependencies=[Depends(access.to(Scope.READ))],
    )
    async def read_picture(request: Request) -> RecipeAnswer:
        """Known are pictures of this studio, and what five other tools write; nothing is stored."""
        async with uploads.receive_form(request) as form:
            items = form.multi_items()
            if len(items) != 1 or items[0][0] != "file" or not isinstance(items[0][1], UploadFile):
                sentence = "Send one picture as the file `file` of a multipart/form-data form."
                raise InvalidRequestError.of("file", sentence)
            return await asyncio.to_thread(_answer, studio, await items[0][1].read())

    return router


def _answer(studio: Studio, content: bytes) -> RecipeAnswer:
    recipe = studio.library.recipe_in(content)
    owner = studio.library.owner_of(recipe.original_sha256 or "")
    fields = recipe.request.model_dump(exclude_defaults=True)
    return RecipeAnswer(
        request={"prompt": recipe.request.prompt, **fields},
        tool=recipe.tool or None,
        generation_id=str(owner) if owner else None,
        notices=list(recipe.notices),
    )
