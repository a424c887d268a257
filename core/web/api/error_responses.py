"""Every error response in one shape: `{"error": {code, message, field?, hint?, problems?}}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from starlette.exceptions import HTTPException

from core.database_failure import classify
from core.domain.money import MICROUSD
from core.errors import (
    BudgetExceededError,
    DatabaseBrokenError,
    EdgeError,
    EngineError,
    EngineMissingError,
    InvalidRequestError,
    KeyReusedError,
    NotFoundError,
    Problem,
    StaleStateError,
    StudioClosingError,
    StudioError,
    UnreadablePromptError,
)
from core.intake.table import UnreadableFileError

BUSY_SECONDS = 5
"""When to try again after the database did not answer."""

_STATUS_CODES: dict[type[StudioError], int] = {
    InvalidRequestError: 422,
    UnreadablePromptError: 422,
    UnreadableFileError: 422,
    EngineMissingError: 422,
    KeyReusedError: 422,
    NotFoundError: 404,
    StaleStateError: 409,
    BudgetExceededError: 402,
    EngineError: 502,
    StudioClosingError: 503,
    DatabaseBrokenError: 503,
}
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_type"}


class ProblemAnswer(BaseModel):
    """One wrong field."""

    field: str
    message: str
    hint: str | None = None
    line: int | None = Field(default=None, description="Of the file, where there is one.")


class Refusal(BaseModel):
    """What is wrong, where, and what to do."""

    code: str = Field(description="A stable word for programs.", examples=["invalid_request"])
    message: str = Field(description="One sentence for people.")
    field: str | None = Field(default=None, description="The first wrong field, if it is one.")
    hint: str | None = Field(default=None, description="What to do, or the value that was meant.")
    problems: list[ProblemAnswer] | None = Field(
        default=None, description="Every wrong field, where there may be several."
    )
    estimated_cost_usd: float | None = Field(
        default=None, description="What would have been paid, where paying was asked for."
    )


class RefusalAnswer(BaseModel):
    """The one shape of every error response."""

    error: Refusal


def documented(*codes: int) -> dict[int | str, dict[str, object]]:
    """Return the error responses of a route for its description."""
    return {code: {"model": RefusalAnswer, "description": _WORDS[code]} for code in codes}


_WORDS = {
    400: "The request could not be read.",
    401: "A key is needed here, or the one sent is not known.",
    402: "A budget does not allow it; nothing was stored.",
    403: "The key may not do this, or another site asked.",
    404: "There is nothing at this address or with this id.",
    405: "This address does not support this method.",
    409: "It is no longer in the state that this needs.",
    413: "The body is too large.",
    422: "Something asked for cannot be made; `field` names it. Nothing was stored.",
    429: "Too many requests with this key; `Retry-After` says when to come back.",
    502: "The provider failed.",
    503: "The studio cannot answer just now; `Retry-After`, if there, says when to come back.",
}


def add_refusals(api: FastAPI) -> None:
    """Answer every failure in the one shape."""
    api.add_exception_handler(StudioError, _answer_studio_error)
    api.add_exception_handler(HTTPException, _answer_http_error)
    api.add_exception_handler(RequestValidationError, _answer_validation_error)
    api.add_exception_handler(DBAPIError, _answer_database_error)
    api.add_exception_handler(NoConnectionLeft, _answer_database_error)


def refusal(status: int, value: Refusal, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an error response."""
    body = RefusalAnswer(error=value).model_dump(exclude_none=True)
    return JSONResponse(_writable(body), status_code=status, headers=headers)


def _writable(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return an answer that UTF-8 can encode; lone surrogates become their escapes.

    JSON may contain one as an escape, and errors repeat what was sent.
    """
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, list):
        return [_writable(one) for one in value]
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    return value


@contextmanager
def with_price(price_microusd: Callable[[], int]) -> Iterator[None]:
    """Have a refusal say what would have been paid; for requests that can lead to a charge."""
    try:
        yield
    except StudioError as failure:
        if failure.price_microusd is None:
            failure.price_microusd = price_microusd()
        raise


def tell(failure: StudioError) -> Refusal:
    """Return a failure in the one shape."""
    problems = failure.problems if isinstance(failure, InvalidRequestError) else ()
    first = problems[0] if problems else None
    return Refusal(
        code=failure.code,
        message=failure.message,
        field=first.field if first else None,
        hint=(first.suggestion if first else None) or failure.advice or None,
        problems=[
            ProblemAnswer(field=p.field, message=p.message, hint=p.suggestion, line=p.line)
            for p in problems
        ]
        or None,
        estimated_cost_usd=None
        if failure.price_microusd is None
        else failure.price_microusd / MICROUSD,
    )


def problems_of(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Return what pydantic found wrong, by field."""
    return [
        Problem(field=(name := str(error["loc"][-1])), message=f"{name}: {error['msg']}.")
        for error in errors
    ]


def _answer_studio_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, StudioError)  # noqa: S101 - FastAPI types every handler as Exception
    if isinstance(failure, EdgeError):
        headers = {"WWW-Authenticate": "Bearer"} if failure.status == 401 else {}
        if failure.retry_after_seconds:
            headers["Retry-After"] = str(failure.retry_after_seconds)
        return refusal(failure.status, tell(failure), headers)
    kinds = (_STATUS_CODES.get(kind) for kind in type(failure).__mro__ if kind in _STATUS_CODES)
    return refusal(next(kinds, None) or 500, tell(failure))


def _answer_http_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)  # noqa: S101 - as above
    code = _HTTP_CODES.get(failure.status_code, "http_error")
    message = "There is no such address." if failure.status_code == 404 else failure.detail
    return refusal(
        failure.status_code, Refusal(code=code, message=message), dict(failure.headers or {})
    )


def _answer_validation_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)  # noqa: S101 - as above
    return refusal(422, tell(InvalidRequestError(problems_of(failure.errors()))))


def _answer_database_error(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, SQLAlchemyError)  # noqa: S101 - as above
    found = classify(failure)
    value = Refusal(code=found.kind, message=found.message, hint=found.advice)
    return refusal(503, value, {"Retry-After": str(BUSY_SECONDS)} if found.passes else {})
