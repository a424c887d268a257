"""A search line read into a query, or refused at the word that is wrong."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal

from core.domain.everyday_words import meant_word
from core.domain.request import FRAME_SIZES
from core.domain.spelling import nearest
from core.library.query.ast import (
    Condition,
    DateRange,
    End,
    Hint,
    Match,
    Missing,
    NumberRange,
    Query,
    Term,
    Word,
)
from core.library.query.dates import FIRST_YEAR, LAST_YEAR, PERIODS, calendar_days, is_period
from core.library.query.fields import NONE, Field, Kind, field_words, find_field
from core.library.query.lexer import Lexeme, read_tokens, shown

MOST_CONDITIONS = 100
"""Words and values in one line; SQLite refuses expressions deeper than 1000."""

_MOST_DECIMALS = 6
_TYPED_SIGNS = (("\u2265", ">="), ("\u2264", "<="), ("\u2013", "-"))
"""What phones and word processors write: two comparisons, and the dash of a range."""

_COMPARISONS = (">=", "<=", ">", "<")


def parse_query(line: str) -> Query:
    """Return what a line asks for, or raise QuerySyntaxError that points at the wrong word."""
    tokens = read_tokens(line)
    pieces = [piece for token in tokens for piece in token.pieces]
    if len(pieces) > MOST_CONDITIONS:
        raise pieces[MOST_CONDITIONS].refusal(
            f"The line has more than {MOST_CONDITIONS} words and values; shorten it."
        )
    words, terms, hints = [], [], []
    for token in tokens:
        name = token.name
        if name is None:
            piece = token.pieces[0]
            words.append(Word(piece.text, token.excluded, piece.prefix))
            if piece.unknown_field:
                hints.append(_hint(piece))
            continue
        field = find_field(name.text)
        if field is None or name.prefix:
            raise name.refusal(
                f"There is no field {shown(name.text)}; to search for the text, quote it all."
            )
        values = tuple(_condition(field, piece) for piece in token.pieces)
        terms.append(Term(field.name, values, token.excluded))
    return Query(tuple(words), tuple(terms), tuple(hints))


def _hint(piece: Lexeme) -> Hint:
    """Return why a word with a colon was searched as words, and the field that may be meant."""
    suggestion = None
    close = nearest(piece.unknown_field, field_words())
    if piece.text in FRAME_SIZES:
        suggestion = f"aspect_ratio:{piece.text}"
    elif close:
        suggestion = close + piece.text.removeprefix(piece.unknown_field)
    meant = f" Did you mean {shown(suggestion)}?" if suggestion else ""
    return Hint(
        position=piece.position,
        length=piece.length,
        message=f"There is no field {shown(piece.unknown_field)}; "
        f"{shown(piece.text)} is searched as words.{meant}",
        suggestion=suggestion,
    )


def folded(text: str) -> str:
    """Return a closed word as the tables spell it: `Golden_Hour` is `golden-hour`."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "-".join(plain.replace("_", " ").replace("’", "'").split())


def _condition(field: Field, piece: Lexeme) -> Condition:
    if piece.prefix and not field.prefix:
        raise piece.refusal(f'{field.name} has no use for "*"; write the whole value.')
    if field.optional and not piece.quoted and not piece.prefix and piece.text.casefold() == NONE:
        return Missing()
    match field.kind:
        case Kind.TEXT:
            return Match(piece.text, piece.prefix)
        case Kind.CHOICE:
            return _choice(field, piece)
        case Kind.WHOLE | Kind.DECIMAL:
            low, high, includes_ends = _ends(
                piece, ("..", "-"), lambda text: _number(field, piece, text)
            )
            if low is not None and high is not None and low > high:
                raise _backwards(piece)
            return NumberRange(low, high, includes_ends)
        case Kind.DATE:
            begin, end, includes_ends = _ends(
                piece, ("..",), lambda text: _period(field, piece, text)
            )
            first, last = calendar_days(begin or ""), calendar_days(end or "")
            if first and last and first[0] >= last[1]:
                raise _backwards(piece)
            return DateRange(begin, end, includes_ends)


def _choice(field: Field, piece: Lexeme) -> Match:
    word = folded(piece.text)
    known = word in field.options
    if piece.prefix:
        known = bool(word) and any(option.startswith(word) for option in field.options)
    if known:
        return Match(word, piece.prefix)
    words = (*field.options, NONE) if field.optional else field.options
    raise _unknown(field, piece, piece.text, words)


def _number(field: Field, piece: Lexeme, text: str) -> Decimal:
    whole, point, decimals = text.partition(".")
    digits = whole + decimals
    written_well = digits.isascii() and digits.isdigit() and bool(decimals) == bool(point)
    unit = "a whole number" if field.kind is Kind.WHOLE else "a number"
    if not written_well or (point and field.kind is Kind.WHOLE):
        raise piece.refusal(
            f"{field.name} takes {unit} such as 4, >=4 or 1-9, not {shown(piece.text)}."
        )
    number = Decimal(text)
    if number > field.largest or len(decimals.rstrip("0")) > _MOST_DECIMALS:
        raise piece.refusal(
            f"{field.name} goes from 0 to {field.largest}"
            f"{f', with up to {_MOST_DECIMALS} decimals' if point else ''}, not {shown(text)}."
        )
    return number


def _period(field: Field, piece: Lexeme, text: str) -> str:
    word = folded(text)
    if is_period(word):
        return word
    if word[:1].isdigit():
        raise piece.refusal(
            f"{shown(text)} is not a date; write a day as {FIRST_YEAR}-01-31, a month as "
            f"{FIRST_YEAR}-01, in the years to {LAST_YEAR}."
        )
    raise _unknown(field, piece, text, PERIODS)


def _ends(
    piece: Lexeme, joints: tuple[str, ...], read: Callable[[str], End]
) -> tuple[End | None, End | None, bool]:
    # a full-width digit is a digit, and one sign may stand for two
    text = unicodedata.normalize("NFKC", piece.text)
    for typed, meant in _TYPED_SIGNS:
        text = text.replace(typed, meant)
    for sign in _COMPARISONS:
        if text.startswith(sign):
            end, includes_ends = read(text.removeprefix(sign).strip()), "=" in sign
            return (end, None, includes_ends) if ">" in sign else (None, end, includes_ends)
    joint = next((joint for joint in joints if joint in text), None)
    if joint is None:
        return read(text), read(text), True
    low, _, high = (part.strip() for part in text.partition(joint))
    if joint == ".." and (low or high):
        return read(low) if low else None, read(high) if high else None, True
    return read(low), read(high), True


def _unknown(field: Field, piece: Lexeme, text: str, words: tuple[str, ...]) -> Exception:
    close = meant_word(field.name, text, words)
    fix = f"did you mean {shown(close)}?" if close else f"choose one of {', '.join(words)}."
    whole = piece.text.replace(text, close) if close and text else None
    return piece.refusal(f"{field.name} cannot be {shown(text)}; {fix}", suggestion=whole)


def _backwards(piece: Lexeme) -> Exception:
    return piece.refusal(f"{shown(piece.text)} runs backwards; write the smaller end first.")
