"""What Bria's v2 endpoints accept, checked field by field; everything else is 400."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MOST_BODY_BYTES = 12_000_000
MOST_SEED = 2**31 - 1
SAFE_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9")
WIDE_RATIOS = (
    *("16:10", "10:16", "2:1", "1:2", "21:9", "9:21", "3:1", "1:3", "4:1", "1:4", "5:1", "1:5"),
)
STYLES = ("kodak_film", "hard_flash", "hazy_dreamy", "rough_realism")
IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")

Check = Callable[[object], str | None]
Body = dict[str, Any]


class RefusalError(Exception):
    """The request breaks the contract; carries the HTTP status and the reason."""

    def __init__(self, status: int, details: str) -> None:
        super().__init__(details)
        self.status = status
        self.details = details


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a non-empty string"


def _any_text(value: object) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _whole(low: int, high: int) -> Check:
    def check(value: object) -> str | None:
        whole = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if whole else f"must be an integer from {low} to {high}"

    return check


def _one_of(*words: str) -> Check:
    def check(value: object) -> str | None:
        return None if value in words else f"must be one of {', '.join(words)}"

    return check


def _json_text(value: object) -> str | None:
    if not isinstance(value, str):
        return "must be a string that contains JSON, not JSON itself"
    try:
        parsed = json.loads(value)
    except ValueError:
        return "must be a string that contains JSON"
    return None if isinstance(parsed, dict) and parsed else "must contain a JSON object"


def _address(value: object) -> str | None:
    if isinstance(value, str):
        parts = urlsplit(value)
        if parts.scheme in {"http", "https"} and parts.hostname:
            return None
    return "must be an http(s) address"


def _picture(value: object) -> str | None:
    if _address(value) is None:
        return None
    if not isinstance(value, str) or value.startswith("data:"):
        return "must be an address or raw base64 without a data: prefix"
    try:
        start = base64.b64decode(value, validate=True)[:8]
    except (binascii.Error, ValueError):
        return "is neither an address nor base64"
    return None if start.startswith(IMAGE_STARTS) else "is not a JPEG, PNG or WEBP"


def _pictures(most: int) -> Check:
    def check(value: object) -> str | None:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            return f"must be a list of 1 to {most} pictures"
        return next(filter(None, map(_picture, value)), None)

    return check


_COMMON: dict[str, Check] = {
    "seed": _whole(0, MOST_SEED),
    "sync": _flag,
    "webhook_url": _address,
}
_BRIDGE: dict[str, Check] = {
    **_COMMON,
    "prompt": _text,
    "images": _pictures(1),
    "structured_prompt": _json_text,
    "ip_signal": _flag,
    "prompt_content_moderation": _flag,
    "visual_input_content_moderation": _flag,
}
_LITE: dict[str, Check] = {
    **_BRIDGE,
    "aspect_ratio": _one_of(*SAFE_RATIOS, *WIDE_RATIOS),
    "output_type": _one_of("png", "jpeg"),
    "model_version": _one_of("FIBO"),
    "visual_output_content_moderation": _flag,
}
_STANDARD: dict[str, Check] = {
    **_LITE,
    "resolution": _one_of("1MP", "4MP"),
    "negative_prompt": _any_text,
    "steps_num": _whole(35, 50),
    "style": _one_of(*STYLES),
}
_FROM_DIFF: dict[str, Check] = {
    **_COMMON,
    "structured_prompt": _json_text,
    "user_adjusted_structured_prompt": _json_text,
    "model_version": _one_of("FIBO"),
}
_EDIT: dict[str, Check] = {
    **_COMMON,
    "images": _pictures(4),
    "instruction": _text,
    "structured_instruction": _json_text,
    "mask": _picture,
    "negative_prompt": _any_text,
    "guidance_scale": _whole(3, 5),
    "steps_num": _whole(20, 50),
    "ip_signal": _flag,
    "prompt_content_moderation": _flag,
    "visual_input_content_moderation": _flag,
    "visual_output_content_moderation": _flag,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The fields of one endpoint and the sets of inputs it understands."""

    fields: Mapping[str, Check]
    inputs: frozenset[str]
    legal: frozenset[frozenset[str]]
    makes_image: bool


def _contract(fields: Mapping[str, Check], *legal: str, makes_image: bool) -> Contract:
    sets = frozenset(frozenset(names.split()) for names in legal)
    return Contract(
        fields=fields, inputs=frozenset().union(*sets), legal=sets, makes_image=makes_image
    )


_FREE = ("prompt", "images", "images prompt", "structured_prompt prompt")

CONTRACTS: dict[str, Contract] = {
    "image/generate": _contract(_STANDARD, *_FREE, "structured_prompt", makes_image=True),
    "image/generate/lite": _contract(_LITE, *_FREE, "structured_prompt", makes_image=True),
    "image/edit": _contract(
        _EDIT, "images instruction", "images structured_instruction", makes_image=True
    ),
    "structured_prompt/generate": _contract(_BRIDGE, *_FREE, makes_image=False),
    "structured_prompt/generate/lite": _contract(_BRIDGE, *_FREE, makes_image=False),
    "structured_prompt/generate_from_diff": _contract(
        _FROM_DIFF, "structured_prompt user_adjusted_structured_prompt", makes_image=False
    ),
}


def checked_body(endpoint: str, raw: bytes, content_type: str) -> Body:
    """Return the body of a legal request, or refuse it with the status Bria would use."""
    contract = CONTRACTS[endpoint]
    body = _parsed(raw, content_type)
    for name, value in body.items():
        check = contract.fields.get(name)
        complaint = "is not a field of this endpoint" if check is None else check(value)
        if complaint:
            raise RefusalError(400, f"{name}: {complaint}")
    given = contract.inputs & body.keys()
    if given not in contract.legal:
        raise RefusalError(400, f"illegal combination of inputs: {sorted(given) or 'none'}")
    _check_style(body)
    _check_ratio(body)
    if body.get("sync") and "webhook_url" in body:
        raise RefusalError(400, "webhook_url: only for asynchronous requests")
    return body


def _parsed(raw: bytes, content_type: str) -> Body:
    if len(raw) > MOST_BODY_BYTES:
        raise RefusalError(413, f"the body has {len(raw)} bytes; {MOST_BODY_BYTES} are allowed")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise RefusalError(415, "the content type must be application/json")
    try:
        body = json.loads(raw)
    except ValueError as problem:
        raise RefusalError(400, "the body is not JSON") from problem
    if not isinstance(body, dict):
        raise RefusalError(400, "the body is not a JSON object")
    return body


def _check_style(body: Body) -> None:
    if "style" in body and body.keys() & {"images", "structured_prompt"}:
        raise RefusalError(400, "style: not together with images or structured_prompt")


def _check_ratio(body: Body) -> None:
    if body.get("aspect_ratio") not in WIDE_RATIOS:
        return
    refined = {"prompt", "structured_prompt"} <= body.keys()
    bare_image = "images" in body and "prompt" not in body
    if body.get("resolution") == "4MP" or refined or bare_image:
        raise RefusalError(400, f"aspect_ratio: {body['aspect_ratio']} does not fit this request")
