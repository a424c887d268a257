"""What of a prompt was not understood, so that the page can say so."""

from __future__ import annotations

import re

from core.domain.reading import Reading
from core.engines.preview import lexicon
from core.engines.preview.nouns import find_nouns
from core.engines.preview.reader import YOUR_SETTING, Reader

MOST_TOLD = 8

_GRAMMAR = frozenset({
    "a", "above", "across", "add", "all", "along", "also", "an", "and", "another", "any", "are",
    "around", "as", "at", "back", "be", "been", "behind", "being", "below", "beside", "between",
    "body", "both", "but", "by", "camera", "can", "change", "color", "colors", "colour",
    "colours", "composition", "did", "do", "does", "down", "drawing", "each", "eight", "every",
    "few", "five", "for", "four", "from", "front", "full", "give", "had", "has", "have", "having",
    "he", "her", "here", "him", "his", "i", "illustration", "image", "in", "inside", "into", "is",
    "it", "it's", "its", "just", "keep", "left", "lens", "less", "let", "light", "lighting",
    "like", "look", "looking", "looks", "made", "make", "makes", "making", "many", "mm", "more",
    "most", "my", "near", "next", "nine", "no", "nor", "not", "of", "off", "on", "one", "only",
    "onto", "or", "other", "our", "out", "outside", "over", "painting", "photo", "photograph",
    "picture", "please", "portrait", "put", "replace", "right", "same", "scene", "seen", "set",
    "seven", "several", "she", "shot", "show", "showing", "shown", "side", "six", "sketch", "so",
    "some", "still", "style", "ten", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "three", "through", "to", "together", "top", "turn", "two",
    "under", "up", "use", "using", "very", "view", "visible", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "whom", "with", "without", "yet", "you", "your",
})  # fmt: skip
_CLOTHES = "|".join(
    (lexicon.COATS, lexicon.DRESSES, lexicon.JACKETS, lexicon.TEES, lexicon.SHORTS, lexicon.HATS,
     lexicon.TALL_HATS, lexicon.LONG_HAIR, lexicon.SHORT_HAIR, lexicon.BALD, lexicon.BEARDS,
     lexicon.GLASSES, lexicon.FEMININE, lexicon.MASCULINE, lexicon.CHILDREN, "hair", "wearing",
     *lexicon.POSES.values(), *lexicon.HAIR_TONES.values()),
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'’-]+")


def _why(word: str, nouns: str, *, overruled: bool) -> str:
    if overruled:
        return f"{YOUR_SETTING} decides"
    return "not shown beside the subject" if word in nouns else "the preview has nothing for it"


def ignored(reader: Reader, *, people: bool) -> list[Reading]:
    """Return one reading for each word that changed nothing, at most `MOST_TOLD` and a sum."""
    spoken = reader.script.spoken
    if people:
        reader.learn(_CLOTHES)
    known = " ".join(noun.word for noun in find_nouns(spoken))
    stated: dict[str, str] = {}
    for found in _WORD.finditer(spoken):
        word, place = found.group(), found.start()
        if word not in _GRAMMAR and place not in reader.understood:
            stated.setdefault(word, _why(word, known, overruled=place in reader.overruled))
    for description in reader.script.cut:
        stated.setdefault(description[:60], "only four things are placed")
    scene = reader.script.scene
    if scene and scene.aesthetics and scene.aesthetics.mood_atmosphere:
        stated.setdefault(scene.aesthetics.mood_atmosphere[:60], "the preview shows no moods")
    readings = [Reading("ignored", word, why) for word, why in stated.items()]
    rest = len(readings) - MOST_TOLD
    if rest > 0:
        more = Reading("ignored", f"{rest} more words", "the preview has nothing for them")
        return [*readings[:MOST_TOLD], more]
    return readings
