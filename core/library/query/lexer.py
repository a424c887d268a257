"""The line cut into words and `field:value` tokens, each with its place."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from core.errors import QuerySyntaxError
from core.library.query.ast import TYPED_QUOTES, WIDE_COLON
from core.library.query.fields import find_field

_COLONS = f":{WIDE_COLON}"
_ENDS_OF_NAME = f"{_COLONS}|"
_QUOTES = f'"{TYPED_QUOTES}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexeme:
    """A word, a field name or one value: its text and where it stands in the line."""

    text: str
    position: int
    length: int
    quoted: bool = False
    prefix: bool = False
    unknown_field: str = ""
    """What stands before the colon of a word that looks like a field and names none."""

    def refusal(self, sentence: str, *, suggestion: str | None = None) -> QuerySyntaxError:
        """Return the error that points at this piece."""
        return QuerySyntaxError(
            sentence, position=self.position, length=self.length, suggestion=suggestion
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A free word (one piece and no name), or a field's name and its values."""

    pieces: tuple[Lexeme, ...]
    name: Lexeme | None = None
    excluded: bool = False


def read_tokens(line: str) -> list[Token]:
    """Return the tokens of a line, or raise QuerySyntaxError at the first that is malformed."""
    for position, sign in enumerate(line):
        if unicodedata.category(sign) in {"Cc", "Cs"} and not sign.isspace():
            raise _error(
                f"The character U+{ord(sign):04X} cannot be searched; remove it.", position
            )
    scanner = _Scanner(line)
    tokens = []
    while scanner.skip_spaces():
        tokens.append(scanner.read_token())
    return tokens


def shown(text: str) -> str:
    """Return the text in quotes, cut short for a sentence."""
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


class _Scanner:
    """A place in the line that moves on with everything it reads."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.at = 0

    def skip_spaces(self) -> bool:
        """Move to the next sign that is no space; False at the end of the line."""
        while self._next.isspace():
            self.at += 1
        return self.at < len(self.line)

    def read_token(self) -> Token:
        """Read one word or term with its minus."""
        start = self.at
        excluded = self._next == "-"
        self.at += excluded
        if self._ends:
            raise _error(
                'Nothing follows the minus; write -word to leave a word out, or "-" for itself.',
                start,
            )
        begin = self.at
        first = self._read_piece(_ENDS_OF_NAME)
        is_name = bool(first.text) and not (first.quoted or first.prefix)
        if is_name and self._is_at(_COLONS) and find_field(first.text) is None:
            self.at = begin
            word = replace(self._read_piece(""), unknown_field=first.text)
            return Token(pieces=(word,), excluded=excluded)
        if self._next == "|":
            raise _error('Alternatives with "|" belong to a field, such as tag:one|two.', self.at)
        if not self._is_at(_COLONS):
            if not first.text.strip():
                raise first.refusal("There is no word to look for here.")
            return Token(pieces=(first,), excluded=excluded)
        if not first.text or first.quoted:
            raise _error("A field's name must stand before the colon.", self.at)
        values: list[Lexeme] = []
        while not values or self._next == "|":
            sign_at = self.at
            self.at += 1
            value = self._read_piece("|")
            if not value.text.strip():
                raise _error(
                    f"A value is missing after {shown(self.line[first.position : sign_at + 1])}.",
                    first.position,
                    max(self.at, sign_at + 1) - first.position,
                )
            values.append(value)
        return Token(pieces=tuple(values), name=first, excluded=excluded)

    def _read_typed_quotes(self) -> Lexeme:
        """Read a phrase between quotes as phones and word processors write them."""
        start = self.at
        rest = self.line[start + 1 :]
        length = next((i for i, sign in enumerate(rest) if sign in _QUOTES), -1)
        if length < 0:
            raise _not_closed(start, len(self.line) - start)
        self.at = start + length + 2
        return self._after_quote(rest[:length], start)

    def _read_quoted(self) -> Lexeme:
        start = self.at
        parts: list[str] = []
        while not parts or self._next == '"':
            closing = self.line.find('"', self.at + 1)
            if closing < 0:
                raise _not_closed(start, len(self.line) - start)
            parts.append(self.line[self.at + 1 : closing])
            self.at = closing + 1
        return self._after_quote('"'.join(parts), start)

    def _after_quote(self, text: str, start: int) -> Lexeme:
        prefix = self._next == "*"
        self.at += prefix
        if not self._ends and self._next not in _ENDS_OF_NAME:
            raise _error("A space is missing after the closing quote.", self.at)
        return self._piece(text, start, quoted=True, prefix=prefix)

    def _read_piece(self, stops: str) -> Lexeme:
        if self._next == '"':
            return self._read_quoted()
        if self._is_at(TYPED_QUOTES):
            return self._read_typed_quotes()
        start = self.at
        while not self._ends and self._next not in stops:
            if self._next == '"':
                raise _error('A quote inside a word: put the whole of it in "quotes".', self.at)
            self.at += 1
        raw = self.line[start : self.at]
        text = raw.removesuffix("*")
        if "*" in text or (raw and not text):
            raise _error(
                'A "*" stands at the end of a word, such as gold*; quote it to search for it.',
                start + raw.index("*"),
            )
        return self._piece(text, start, prefix=text != raw)

    def _piece(
        self, text: str, start: int, *, quoted: bool = False, prefix: bool = False
    ) -> Lexeme:
        return Lexeme(
            text=unicodedata.normalize("NFC", text).strip(),
            position=start,
            length=self.at - start,
            quoted=quoted,
            prefix=prefix,
        )

    def _is_at(self, signs: str) -> bool:
        return bool(self._next) and self._next in signs

    @property
    def _next(self) -> str:
        return self.line[self.at : self.at + 1]

    @property
    def _ends(self) -> bool:
        return not self._next or self._next.isspace()


def _not_closed(start: int, length: int) -> QuerySyntaxError:
    return _error('This quote is not closed; put " at the end of the phrase.', start, length)


def _error(sentence: str, position: int, length: int = 1) -> QuerySyntaxError:
    return QuerySyntaxError(sentence, position=position, length=length)
