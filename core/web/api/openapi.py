"""Schemas and examples of bodies and answers, for the API's description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from core.domain.request import LARGEST_ID, LONGEST_PROMPT, SHORTEST_PROMPT, GenerationRequest
from core.domain.vocabulary import parameters

Fields = dict[str, Any]

GENERATE_EXAMPLES: Fields = {
    "ai": {
        "summary": "AI mode: a sentence is enough",
        "value": {"prompt": "a lighthouse on a cliff at sunset"},
    },
    "manual": {
        "summary": "Manual mode: the photographic parameters are yours",
        "value": {
            "prompt": "a woman in a teal coat on a city street",
            "mode": "manual",
            "camera_angle": "low-angle",
            "fov": "telephoto",
            "lighting": "golden-hour",
            "color_palette": "warm",
            "composition": "rule-of-thirds",
            "style": "cinematic",
            "seed": 7,
        },
    },
}
REFINE_EXAMPLES: Fields = {
    "parameters": {
        "summary": "Other light, same scene and seed",
        "value": {"lighting": "dramatic"},
    },
    "both": {
        "summary": "A sentence and a parameter",
        "value": {"refinement_prompt": "make it winter", "color_palette": "cool"},
    },
}
BATCH_EXAMPLES: Fields = {
    "two": {
        "summary": "Two boats",
        "value": {"requests": [{"prompt": "a red boat"}, {"prompt": "a blue boat"}]},
    },
}
CHECK_EXAMPLES: Fields = {
    "file": {"summary": "Check a file", "value": {"file": "@prompts.csv"}},
    "mapping": {
        "summary": "Say what a column means",
        "value": {"file": "@prompts.csv", "mapping": '{"prompt": "prompt", "tag": "remark"}'},
    },
}
START_EXAMPLES: Fields = {
    "file": {"summary": "Start a file", "value": {"file": "@prompts.csv"}},
    "careful": {
        "summary": "In order, two rows first, and never more than $5",
        "value": {
            "file": "@prompts.csv",
            "parallel": 1,
            "pilot_rows": 2,
            "budget_usd": 5,
            "continue_on_error": False,
        },
    },
}
RECIPE_EXAMPLES: Fields = {
    "picture": {"summary": "What a picture says of itself", "value": {"file": "@picture.png"}},
}
PICTURE: dict[int | str, Fields] = {
    200: {
        "description": "The bytes of the picture.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/png", "image/jpeg", "image/webp")
        },
    }
}


def made(answer: type[BaseModel]) -> dict[int | str, Fields]:
    """Return the description of the answer to a route that may take a while."""
    location = {
        "Location": {"description": "Where to look.", "schema": {"type": "string"}},
    }
    return {
        200: {"description": "It has ended; `status` says how.", "headers": location},
        202: {"model": answer, "description": "It is still being made.", "headers": location},
    }


def body(fields: Fields, examples: Fields, *, required: bool = True) -> Fields:
    """Return the description of a JSON body, for a route that parses it strictly itself."""
    content = {"application/json": {"schema": fields, "examples": examples}}
    return {"requestBody": {"required": required, "content": content}}


def accepted() -> dict[int | str, Fields]:
    """Return the description of the answer to a route that goes on for a while."""
    location = {"description": "Where to look.", "schema": {"type": "string"}}
    return {202: {"description": "It has begun.", "headers": {"Location": location}}}


def asked_with(*queries: tuple[str, str]) -> Fields:
    """Return examples of an address with a query, each with its effect."""
    return {"x-queries": [{"summary": words, "value": query} for words, query in queries]}


def uploaded(fields: Fields, examples: Fields, *, name: str = "prompts.csv") -> Fields:
    """Return the description of a form with a file, for a route that reads it strictly itself."""
    schema = {
        "type": "object",
        "properties": fields,
        "required": ["file"],
        "additionalProperties": False,
    }
    # the ending of its name says what the file is
    named = {"example": f'form-data; name="file"; filename="{name}"'}
    place = {"headers": {"Content-Disposition": {"schema": {"type": "string"}, **named}}}
    form = {"schema": schema, "encoding": {"file": place}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": form}}}


def generate_fields(engines: Sequence[str]) -> Fields:
    """Return the JSON schema of a request for one picture from an engine that is set up here."""
    schema = GenerationRequest.model_json_schema()
    properties: Fields = schema["properties"]
    properties["prompt"] |= {"minLength": SHORTEST_PROMPT, "maxLength": LONGEST_PROMPT}
    properties |= parameter_fields()
    properties["engine"] = {
        "type": "string",
        "enum": list(engines),
        "description": f"Left out, {engines[0]}, the preferred engine of this studio.",
    }
    properties["user_id"] = {"type": "integer", "default": 1, "minimum": 1, "maximum": LARGEST_ID}
    return {name: part for name, part in schema.items() if name not in {"title", "description"}}


def batch_fields(most_requests: int, engines: Sequence[str]) -> Fields:
    """Return the JSON schema of several requests at once."""
    requests = {
        "type": "array",
        "minItems": 1,
        "maxItems": most_requests,
        "items": generate_fields(engines),
    }
    flag = {"type": "boolean", "default": True}
    properties = {"requests": requests, "parallel": flag, "continue_on_error": flag}
    return {"type": "object", "properties": properties, "required": ["requests"]}


def refine_fields(engines: Sequence[str]) -> Fields:
    """Return the JSON schema of the changes that a refinement may make."""
    asked = generate_fields(engines)["properties"]
    properties: Fields = {
        "refinement_prompt": {
            "type": "string",
            "minLength": SHORTEST_PROMPT,
            "maxLength": LONGEST_PROMPT,
            "description": "What to change, in a sentence.",
        },
        **parameter_fields(),
        "engine": asked["engine"],
        "seed": asked["seed"],
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def parameter_fields() -> Fields:
    """Return the JSON schema of the six photographic parameters."""
    return {
        parameter.name: {
            "type": "string",
            "enum": [entry.value for entry in parameter.values],
            "description": f"{parameter.label}: {parameter.hint}",
        }
        for parameter in parameters()
    }
