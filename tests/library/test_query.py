"""The search line: what it means, what its form and chips show, and how it is refused."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import QuerySyntaxError
from core.library.query.ast import (
    Condition,
    DateRange,
    Match,
    Missing,
    NumberRange,
    Query,
    Term,
    Word,
    with_longer_words,
    write_query,
)
from core.library.query.chips import chips
from core.library.query.dates import PERIODS
from core.library.query.fields import FIELD_NAMES, Field, Kind, field_words, find_field
from core.library.query.form import FormFields, form_of_query, line_of_form
from core.library.query.parser import parse_query
from tests.examples import examples
from tests.shared import needs_shared, shared

NAUGHTY = shared("data/big-list-of-naughty-strings/blns.json")

texts = (
    st.text(
        st.sampled_from('"|*:-<>. _aé') | st.characters(exclude_categories=["Cs", "Cc"]),
        max_size=12,
    )
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
)
days = st.sampled_from(["2025-02-03", "2025-04", "2026", "last-3-days", *PERIODS])
fragments = st.sampled_from(
    [f"{word}:" for word in field_words()]
    + ["none", "soft", "golden-hour", "4", "9-1", ">=", "..", "2026-01-31", "last-week", "yes"]
    + list(' \t"*|-:<.')
    + ["a", "é", "\0"]
)
steady = settings(max_examples=examples(200), deadline=None)


def ranges(field: Field) -> st.SearchStrategy[Condition]:
    places = 0 if field.kind is Kind.WHOLE else 6
    number = st.decimals(0, field.largest, places=places)
    closed = st.tuples(number, number).map(lambda ends: NumberRange(min(ends), max(ends)))
    open_ends = st.builds(NumberRange, number, st.none(), st.booleans()) | st.builds(
        NumberRange, st.none(), number, st.booleans()
    )
    return closed | open_ends


def conditions(field: Field) -> st.SearchStrategy[Condition]:
    kinds: dict[Kind, st.SearchStrategy[Condition]] = {
        Kind.TEXT: st.builds(Match, texts | st.just("none"), st.booleans()),
        Kind.CHOICE: st.sampled_from(
            [Match(option) for option in field.options or ("",)]
            + [Match(option[:3], prefix=True) for option in field.options if field.prefix]
        ),
        Kind.DATE: days.map(lambda day: DateRange(day, day))
        | st.builds(DateRange, days, st.none(), st.booleans())
        | st.builds(DateRange, st.just("2024"), days),
    }
    found = kinds[field.kind] if field.kind in kinds else ranges(field)
    return found | st.just(Missing()) if field.optional else found


@st.composite
def terms(draw: st.DrawFn) -> Term:
    field = draw(st.sampled_from(FIELD_NAMES).map(find_field))
    assert field is not None
    alternatives = draw(st.lists(conditions(field), min_size=1, max_size=3))
    return Term(field.name, tuple(alternatives), draw(st.booleans()))


words = st.builds(Word, texts, st.booleans(), st.booleans())
queries = st.builds(
    Query,
    st.lists(words, max_size=4).map(tuple),
    st.lists(terms(), max_size=5).map(tuple),
)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    line = write_query(draw(queries))
    at, gone = draw(st.integers(0, len(line))), draw(st.integers(0, 2))
    return line[:at] + draw(fragments) + line[at + gone :]


lines = st.text(max_size=40) | st.lists(fragments, max_size=12).map("".join) | spoilt()


def outcome(line: str) -> Query | QuerySyntaxError:
    try:
        return parse_query(line)
    except QuerySyntaxError as refusal:
        return refusal


def assert_shown_or_refused(line: str) -> None:
    found = outcome(line)
    if isinstance(found, Query):
        assert parse_query(line_of_form(form_of_query(found))) == found
        assert parse_query(write_query(found)) == found
    else:
        assert 0 <= found.position < found.position + found.length <= len(line)
        assert found.message


def refusal_of(line: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as refusal:
        parse_query(line)
    return refusal.value


@steady
@given(lines)
@example('tag:_none_ tag:"none" tag:None')
@example('-"-a" "-b" "a""b"')
@example("tag:gol* lighting:soft|gol* -tag:x")
def test_any_line_parses_to_what_its_form_shows_or_is_refused_with_a_place(line: str) -> None:
    assert_shown_or_refused(line)


@needs_shared
def test_naughty_strings_are_shown_or_refused_as_words_and_as_values() -> None:
    strings: list[str] = json.loads(NAUGHTY.read_text(encoding="utf-8"))
    for string in strings:
        for line in (string, f"tag:{string}", f'tag:"{string}"', f"date:{string}"):
            assert_shown_or_refused(line)
    quoted_well = [string for string in strings if isinstance(outcome(Word(string).written), Query)]
    assert len(quoted_well) > 400


@steady
@given(queries)
def test_reading_what_was_written_gives_the_same_query(query: Query) -> None:
    assert parse_query(write_query(query)) == query


@steady
@given(queries)
def test_the_form_loses_nothing_and_shows_what_it_has_a_place_for(query: Query) -> None:
    form = form_of_query(query)

    assert parse_query(line_of_form(form)) == query
    for name in ("date", "rating", "seed"):
        shown = any(term.field == name and not term.excluded for term in query.terms)
        assert bool(getattr(form, name)) is shown


@steady
@given(queries)
def test_every_chip_takes_off_exactly_its_own_filter(query: Query) -> None:
    lines_left = [chip.line for chip in chips(query)]

    assert len(lines_left) == len(query.words) + len(query.terms)
    for at, line in enumerate(lines_left[len(query.words) :]):
        assert parse_query(line).words == query.words
        assert set(query.terms) - set(parse_query(line).terms) == {query.terms[at]}
    for at, line in enumerate(lines_left[: len(query.words)]):
        assert parse_query(line).words == query.words[:at] + query.words[at + 1 :]


def test_the_line_of_the_issue_means_what_it_says() -> None:
    line = (
        'lighting:golden-hour rating:>=4 -tag:draft seed:123 date:last-week "golden retriever" '
        '-draft dog* cost:<0.05 tag:"first round" camera-angle:low*'
    )

    assert parse_query(line) == Query(
        (Word("golden retriever"), Word("draft", excluded=True), Word("dog", prefix=True)),
        (
            Term("date", (DateRange("last-week", "last-week"),)),
            Term("rating", (NumberRange(Decimal(4), None),)),
            Term("tag", (Match("first round"),)),
            Term("tag", (Match("draft"),), excluded=True),
            Term("camera_angle", (Match("low", prefix=True),)),
            Term("lighting", (Match("golden-hour"),)),
            Term("seed", (NumberRange(Decimal(123), Decimal(123)),)),
            Term("cost", (NumberRange(None, Decimal("0.05"), includes_ends=False),)),
        ),
    )


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Palette:Earth_Tones", "color_palette:earth-tones"),
        ('lighting:"golden hour"|none', "lighting:golden-hour|none"),
        ("aspect:16:9", "aspect_ratio:16:9"),
        ("rating:none|4..5", "rating:none|4-5"),
        ('rating:">= 4" light:soft', "rating:>=4 lighting:soft"),
        ("seed:007 cost:.50", "seed:7 cost:0.5"),
        ("date:2026-01..", "date:>=2026-01"),
        ('tag:draft "a ""b"" c" tag:draft', '"a ""b"" c" tag:draft'),
        ("angle:bird’s-eye children_of:12", "children-of:12 camera_angle:bird's-eye"),
        ('user:none tag:"none"', 'user:"none" tag:"none"'),
        (
            "\u201cgolden retriever\u201d tag:\u201efirst round\u201c",
            '"golden retriever" tag:"first round"',
        ),
        ("\u00ab golden retriever \u00bb", '"golden retriever"'),
        ("rating:\u22654 cost:\u2264.05", "rating:>=4 cost:<=0.05"),
        ("rating:3\u20135", "rating:3-5"),
        (
            "rating:4-5 lighting:soft".translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)}),
            "rating:4-5 lighting:soft",
        ),
    ],
)
def test_other_spellings_are_written_in_one_way(typed: str, canonical: str) -> None:
    assert write_query(parse_query(typed)) == canonical


@pytest.mark.parametrize(
    ("line", "marked", "sentence", "suggestion"),
    [
        ("a light*:soft", "light*", "There is no field", None),
        ("lighting:golden-hr", "golden-hr", 'did you mean "golden-hour"', "golden-hour"),
        ("date:2026..yestrday", "2026..yestrday", "yesterday", "2026..yesterday"),
        ("date:2026-02-30", "2026-02-30", "is not a date", None),
        ("rating:6", "6", "from 0 to 5", None),
        ("seed:1.5", "1.5", "whole number", None),
        ('seed:">= 4 5"', '">= 4 5"', "whole number", None),
        ("seed:9-1", "9-1", "backwards", None),
        ("date:2026-02..2025", "2026-02..2025", "backwards", None),
        ("status:c*", "c*", "has no use for", None),
        ('cat "tag:x', '"tag:x', "not closed", None),
        ('say"hi"', '"', "inside a word", None),
        ("a tag:", "tag:", "missing after", None),
        ("tag:a| b", "tag:a|", "missing after", None),
        ("a|b", "|", "belong to a field", None),
        ("a*b", "*", "end of a word", None),
        ("cat - dog", "-", "Nothing follows the minus", None),
        ("a\0", "\0", "U+0000", None),
        ("a " * 101, "a", "more than 100", None),
    ],
)
def test_a_wrong_word_is_marked_and_explained(
    line: str, marked: str, sentence: str, suggestion: str | None
) -> None:
    refusal = refusal_of(line)

    assert line[refusal.position : refusal.position + refusal.length] == marked
    assert refusal.suggestion == suggestion
    assert sentence in refusal.message


def test_a_form_writes_the_line_and_a_wrong_word_in_it_is_marked() -> None:
    form = FormFields(words="-dog", tag=("first round", "none"), rating=">= 4", rest="-tag:x")

    assert line_of_form(form) == '-dog tag:"first round"|none rating:">= 4" -tag:x'
    assert write_query(parse_query(line_of_form(form))) == (
        '-dog rating:>=4 tag:"first round"|none -tag:x'
    )
    line = line_of_form(replace(form, rating="many"))
    assert line[refusal_of(line).position :].startswith("many")


def test_chips_say_in_words_what_each_filter_asks_for() -> None:
    line = 'cat -status:failed tag:"a|b" tag:none lighting:soft|hard'

    assert [chip.label for chip in chips(parse_query(line))] == [
        "“cat”",
        "not Status: failed",
        "Tag: a|b",
        "Tag: not set",
        "Light: Soft or Hard",
    ]


@pytest.mark.parametrize(
    ("line", "word", "said", "suggestion"),
    [
        ("a lightning:soft", "lightning:soft", 'no field "lightning"', "lighting:soft"),
        ("16:9", "16:9", "is searched as words", "aspect_ratio:16:9"),
        ("http://x", "http://x", 'no field "http"', None),
        ("note:", "note:", 'no field "note"', None),
        ("-scene:red|blue", "scene:red|blue", "is searched as words", None),
        ("breed:gold*", "breed:gold", "is searched as words", None),
    ],
)
def test_a_term_that_is_no_field_is_searched_as_words_with_a_hint(
    line: str, word: str, said: str, suggestion: str | None
) -> None:
    query = parse_query(line)

    assert query.words[-1] == Word(word, line.startswith("-"), line.endswith("*"))
    (hint,) = query.hints
    assert line[hint.position :].startswith(word)
    assert said in hint.message
    assert hint.suggestion == suggestion
    assert parse_query(write_query(query)) == query
    assert parse_query(write_query(query)).hints == ()


def test_words_can_be_longer_unless_they_are_left_out() -> None:
    longer = with_longer_words(parse_query("kettl -re tag:a"))

    assert longer == parse_query("kettl* -re tag:a")
    assert longer is not None
    assert with_longer_words(longer) is None
    assert with_longer_words(parse_query("-re tag:a")) is None
