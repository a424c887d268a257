"""The sentences for people about each kind of failure: what happened, and what to do."""

from __future__ import annotations

from core.domain.failure import Charge, Phase

_FACTS: dict[str, str] = {
    "dns": "{who}'s address could not be found.",
    "refused": "{who} refused the connection.",
    "certificate": "{who}'s certificate cannot be trusted.",
    "tls_failed": "No secure connection to {who} could be made.",
    "connect_failed": "{who} could not be reached.",
    "connect_timeout": "{who} could not be reached in time.",
    "pool_timeout": "Too many calls to {who} were under way at once.",
    "write_failed": "The connection to {who} broke while the request was being sent.",
    "read_timeout": "{who} took too long to answer.",
    "wall_clock": "{who} took too long to answer.",
    "reset": "{who} broke off the connection.",
    "no_answer": "{who} closed the connection without an answer.",
    "not_http": "Something answered in {who}'s place that is not a web server.",
    "cut_answer": "{who}'s answer broke off half-way.",
    "not_json": "{who}'s answer cannot be read.",
    "unknown_encoding": "{who}'s answer is compressed in a way the studio does not know.",
    "too_large": "{who}'s answer is larger than the studio accepts.",
    "no_request_id": "{who} answered without the number of the picture.",
    "wrong_request_id": "{who} answered about another picture.",
    "wrong_types": "{who} answered in a form the studio does not know.",
    "foreign_page": "A web page answered in {who}'s place, perhaps that of a proxy or a log-in.",
    "redirect": "{who} redirected to another address, which the studio does not follow.",
    "moderation": "Bria's content moderation refused the picture.",
    "status_error": "Bria could not make the picture.",
    "status_unknown": "Bria reports that it does not know the state of the picture.",
    "no_image_url": "Bria says that the picture is finished, but not where it is.",
    "expired_url": "The address of the picture is no longer valid.",
    "truncated_image": "The picture arrived damaged.",
    "not_an_image": "What arrived is not a picture.",
    "too_many_pixels": "The picture has more pixels than the studio opens.",
    "forbidden_host": "The picture is at an address that the studio does not fetch from.",
    "http_400": "{who} could not use the request.",
    "http_401": "{who} refused the API key.",
    "http_402": "The Bria credit is used up.",
    "http_403": "This is not part of your Bria plan.",
    "http_404": "{who} does not know this address.",
    "http_408": "{who} gave up waiting for the request.",
    "http_413": "The request is larger than {who} accepts.",
    "http_422": "{who} understood the request but cannot make a picture of it.",
    "http_429": "Bria's rate limit is reached.",
    "http_500": "{who} had an internal error.",
    "http_502": "A server in front of {who} got no answer from it.",
    "http_503": "{who} is busy or under maintenance.",
    "http_504": "A server in front of {who} gave up waiting for it.",
}
_LATER_FACTS = {
    "http_404": "Bria no longer knows this picture.",
    "http_403": "{who} refused to tell about the picture.",
}

_AGAIN = "Nothing to do: nothing was charged, and the studio tries again by itself."
_WAITING = "Nothing to do: the picture is ordered, and the studio goes on asking for it."
_HELD = (
    "Check in Bria's console whether the picture was made; then wait, send it again, which may "
    "cost a second time, or give up."
)
_ADOPTED = "Nothing to do: the number of the picture could be read, and the studio asks for it."
_CHANGE = "Change the request and send it again; nothing was charged."
_CONTACT = "Contact Bria with the number of the picture before you order it again."
_REWORD = "Change the words of the prompt and make the picture again."

_FIRST_ADVICE: dict[str, str] = {
    "certificate": "Ask your administrator: the clock may be wrong, or a proxy may be listening.",
    "http_401": "Ask your administrator to check BRIA_API_TOKEN; the queue waits until then.",
    "http_402": "Ask your administrator to top up the Bria account; the queue waits until then.",
    "http_403": "Ask your administrator which functions your Bria plan includes.",
    "http_404": "Ask your administrator to check BRIA_BASE_URL; nothing was charged.",
    "http_429": "Nothing to do: the queue goes on as soon as Bria allows it.",
    "moderation": _REWORD,
    "http_422": _REWORD,
}
_LATER_ADVICE: dict[str, str] = {
    "http_401": "Ask your administrator to check BRIA_API_TOKEN; the picture is ordered and waits.",
    "http_404": "If this lasts, look in Bria's console: the picture may have been charged.",
    "status_unknown": _CONTACT,
    "no_image_url": _CONTACT,
    "status_error": "Try again if you like; that is a new order and may cost again.",
    "moderation": _REWORD,
    "expired_url": "Nothing to do: the studio asks Bria for a fresh address.",
    "truncated_image": "Nothing to do: the studio downloads the picture again.",
    "not_an_image": _CONTACT,
    "too_large": _CONTACT,
    "too_many_pixels": _CONTACT,
    "forbidden_host": "Ask your administrator: the picture is paid for and Bria still has it.",
}


def fact(kind: str, phase: Phase) -> str:
    """Return one sentence about what happened."""
    if phase is Phase.ASSET and kind.startswith("http_4"):
        sentence = _general_fact(kind)
    elif phase is Phase.POLL and kind in _LATER_FACTS:
        sentence = _LATER_FACTS[kind]
    else:
        sentence = _FACTS.get(kind) or _general_fact(kind)
    return sentence.format(who="The picture's server" if phase is Phase.ASSET else "Bria")


def advice(kind: str, phase: Phase, charge: Charge, *, has_request_id: bool) -> str:
    """Return one sentence about what to do."""
    if phase is not Phase.SUBMIT:
        return _LATER_ADVICE.get(kind, _WAITING)
    if charge is Charge.NO:
        return _FIRST_ADVICE.get(kind) or (_CHANGE if kind.startswith("http_4") else _AGAIN)
    return _ADOPTED if has_request_id and charge is Charge.YES else _HELD


def _general_fact(kind: str) -> str:
    status = kind.removeprefix("http_")
    if status != kind:
        return f"{{who}} refused the request with HTTP status {status}."
    return "The call to {who} failed in a way nobody foresaw."
