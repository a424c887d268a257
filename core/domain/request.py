"""A request for one picture: always legal, with one canonical form and one cache key."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from core.domain.engines import DEFAULT_ENGINE, ENGINE_NAMES, EngineName, traits_of
from core.domain.everyday_words import meant_word
from core.domain.scene import StructuredPrompt, read_structured_prompt
from core.domain.spelling import nearest
from core.domain.vocabulary import PARAMETER_NAMES, parameter
from core.errors import InvalidRequestError, Problem, UnreadablePromptError, with_advice

SHORTEST_PROMPT, LONGEST_PROMPT = 3, 2000
LONGEST_SCENE = 50_000
"""Longest structured prompt in characters; Bria's own have two to six thousand."""

LARGEST_SEED = 2_147_483_647
"""Bria publishes no range; its own router offers 1 to 2147483647."""

LARGEST_ID = 2**63 - 1
MOST_RETRIES = 5

FRAME_SIZES: dict[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "4:5": (896, 1120),
    "5:4": (1120, 896),
    "3:4": (896, 1184),
    "4:3": (1184, 896),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "9:16": (768, 1360),
    "16:9": (1360, 768),
}
"""Width and height in pixels for each aspect ratio, about one megapixel each."""

DRAFT_EDGE = 256
"""Pixels on the longer side of a picture requested as a draft."""

MODES = {"ai": "AI", "manual": "Manual"}
"""The modes with their labels."""

_VERSION = "v1:"
_RESOLUTIONS = ("full", "draft")


class GenerationRequest(BaseModel):
    """A request for one picture; it cannot be built with an illegal value.

    `structured_prompt` is a scene to start from. Without `instruction` it is used as it is; with
    one ("make it night") it is refined (docs/provider.md#what-is-sent).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    prompt: str
    mode: Literal["ai", "manual"] = "ai"
    camera_angle: str | None = None
    fov: str | None = None
    lighting: str | None = None
    color_palette: str | None = None
    composition: str | None = None
    style: str | None = None
    aspect_ratio: str = "1:1"
    resolution: Literal["full", "draft"] = "full"
    seed: int | None = None
    structured_prompt: str | None = None
    instruction: str | None = None
    engine: EngineName = DEFAULT_ENGINE
    project_id: int = Field(default=1, ge=1, le=LARGEST_ID)
    use_cache: bool = True
    max_retries: int = Field(default=3, ge=0, le=MOST_RETRIES)

    @field_validator("prompt", mode="before")
    @classmethod
    def _prompt_is_text(cls, value: object) -> str:
        if not isinstance(value, str):
            raise _refusal("The prompt must be text.")
        return _legal_text(value, "prompt")

    @field_validator("instruction", mode="before")
    @classmethod
    def _instruction_is_text(cls, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _refusal("The instruction must be text.")
        return _legal_text(value, "instruction")

    @field_validator("structured_prompt", mode="before")
    @classmethod
    def _scene_is_readable(cls, value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise _refusal("The structured prompt must be text that holds JSON.")
        if len(value) > LONGEST_SCENE:
            raise _refusal(
                f"The structured prompt has {len(value):,} characters; "
                f"shorten it to {LONGEST_SCENE:,} or fewer."
            )
        try:
            scene = read_structured_prompt(value)
        except UnreadablePromptError as failure:
            raise _refusal(with_advice(failure)) from failure
        if scene == StructuredPrompt():
            raise _refusal("The structured prompt is empty; leave it out or fill it.")
        return value

    @field_validator("mode", "aspect_ratio", "engine", "resolution", mode="before")
    @classmethod
    def _word_is_known(cls, value: object, info: ValidationInfo) -> object:
        allowed = {
            "mode": tuple(MODES),
            "aspect_ratio": tuple(FRAME_SIZES),
            "engine": ENGINE_NAMES,
            "resolution": _RESOLUTIONS,
        }
        field = str(info.field_name)
        return _known_word(field, value, allowed[field])

    @field_validator(*PARAMETER_NAMES, mode="before")
    @classmethod
    def _parameter_is_in_the_vocabulary(cls, value: object, info: ValidationInfo) -> object:
        if value is None:
            return None
        field = str(info.field_name)
        return _known_word(field, value, tuple(entry.value for entry in parameter(field).values))

    @field_validator("seed", "max_retries", "project_id", mode="before")
    @classmethod
    def _number_is_whole(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if info.field_name == "seed" and value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise _refusal(f"{info.field_name} must be a whole number, not {_shown(value)}.")
        return value

    @field_validator("seed")
    @classmethod
    def _seed_is_in_range(cls, value: int | None) -> int | None:
        if value is not None and not 0 <= value <= LARGEST_SEED:
            raise _refusal(f"seed must be between 0 and {LARGEST_SEED}, not {_shown(value)}.")
        return value

    @model_validator(mode="after")
    def _fields_go_together(self) -> GenerationRequest:
        if self.instruction is not None and self.structured_prompt is None:
            raise _refusal("An instruction needs a structured prompt to refine.")
        if self.resolution == "draft" and not traits_of(self.engine).supports_draft:
            raise _refusal("Only the preview engine makes drafts; leave resolution out.")
        return self

    @property
    def parameters(self) -> dict[str, str]:
        """The photographic parameters that are set, by field name."""
        values = {name: getattr(self, name) for name in PARAMETER_NAMES}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        width, height = FRAME_SIZES[self.aspect_ratio]
        if self.resolution == "full":
            return width, height
        scale = DRAFT_EDGE / max(width, height)
        return round(width * scale), round(height * scale)


def parse_request(fields: Mapping[str, Any]) -> GenerationRequest:
    """Return the request, or raise InvalidRequestError with one sentence per illegal field."""
    try:
        return GenerationRequest.model_validate(dict(fields))
    except ValidationError as failure:
        problems = [_problem(error) for error in failure.errors()]
        raise InvalidRequestError(problems) from failure


def canonical_form(request: GenerationRequest) -> str:
    """Return the request as one line of JSON, the same for every request of the same picture.

    Only what can change the picture is included; unset fields are left out, keys are sorted, and
    text is NFC with LF line ends, so that no two spellings of one text make two keys.
    """
    asked = request.model_dump(exclude={"project_id", "use_cache", "max_retries"})
    return _canonical({name: value for name, value in asked.items() if value is not None})


def fields_of_canonical(canonical: str) -> dict[str, Any] | None:
    """Return the fields that `canonical_form` wrote, or None for any other text.

    They are as stored; `parse_request` tells whether they are still legal.
    """
    try:
        asked = json.loads(canonical.removeprefix(_VERSION))
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or not canonical.startswith(_VERSION):
        return None
    return {"resolution": "full", **asked}


def forms_of_picture(canonical: str, *, seed: int, scene: str | None) -> tuple[str, ...]:
    """Return the canonical forms, each with a seed, that ask for just this finished picture.

    They are what was asked with the seed that came back, as a manifest says it; what was asked, if
    that named a seed; and the returned scene drawn as it is with that seed, with the parameters
    that are in it or without.
    """
    asked = fields_of_canonical(canonical)
    if asked is None:
        return ()
    seeded = {**asked, "seed": seed}
    forms = [_canonical(seeded)]
    if "seed" in asked:
        forms.append(canonical)
    if scene:
        drawn = {**seeded, "structured_prompt": scene}
        drawn.pop("instruction", None)  # it is in the scene
        bare = {name: value for name, value in drawn.items() if name not in PARAMETER_NAMES}
        forms += [_canonical(drawn), _canonical(bare)]
    return tuple(dict.fromkeys(forms))


def without_seed(canonical: str) -> str:
    """Return the canonical form of the same request with its seed left open."""
    asked = fields_of_canonical(canonical)
    if asked is None:
        return canonical
    return _canonical({name: value for name, value in asked.items() if name != "seed"})


def form_digest(canonical: str) -> str:
    """Return the SHA-256 of a canonical form: by it alone the form can be told from all others."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def cache_key(canonical: str) -> str:
    """Return the MD5 of a canonical form, the same key as in the first version.

    MD5 can collide, so whoever finds a row by this key compares the canonical form as well.
    """
    return hashlib.md5(canonical.encode(), usedforsecurity=False).hexdigest()


def _canonical(asked: Mapping[str, Any]) -> str:
    """Write fields that are set as one line; a size that is the usual one is left out.

    So the keys of requests from before there were drafts stay valid.
    """
    fields = {name: v for name, v in asked.items() if (name, v) != ("resolution", "full")}
    return _VERSION + json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _legal_text(text: str, name: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    for position, character in enumerate(text, start=1):
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}:
            raise _refusal(
                f"The {name} holds a character that cannot be kept (U+{ord(character):04X} at "
                f"position {position}); remove it."
            )
    length = len(text)
    if not text.strip():
        raise _refusal(f"The {name} is empty; describe the picture in a few words.")
    if length < SHORTEST_PROMPT:
        counted = "1 character" if length == 1 else f"{length} characters"
        raise _refusal(f"The {name} has {counted}; write at least {SHORTEST_PROMPT}.")
    if length > LONGEST_PROMPT:
        raise _refusal(
            f"The {name} has {length:,} characters; shorten it to {LONGEST_PROMPT:,} or fewer."
        )
    return text


def _known_word(field: str, value: object, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    close = meant_word(field, value, allowed) if isinstance(value, str) else None
    fix = f'did you mean "{close}"?' if close else f"choose one of {', '.join(allowed)}."
    raise PydanticCustomError(
        "refusal",
        "{sentence}",
        {"sentence": f"{field} cannot be {_shown(value)}; {fix}", "suggestion": close},
    )


def _refusal(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("refusal", "{sentence}", {"sentence": sentence})


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= 60 else f"{text[:57]}…"


def _problem(error: ErrorDetails) -> Problem:
    field = str(error["loc"][0]) if error["loc"] else "request"
    context = error.get("ctx", {})
    if error["type"] == "refusal":
        return Problem(field=field, message=error["msg"], suggestion=context.get("suggestion"))
    if error["type"] == "missing":
        return Problem(field=field, message=f"{field} is missing.")
    if error["type"] == "extra_forbidden":
        close = nearest(field, tuple(GenerationRequest.model_fields))
        fix = f'did you mean "{close}"?' if close else "leave it out."
        return Problem(
            field=field, message=f"There is no field {_shown(field)}; {fix}", suggestion=close
        )
    said = error["msg"].removeprefix("Input ")
    return Problem(field=field, message=f"{field} {said}, not {_shown(error['input'])}.")
