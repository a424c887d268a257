"""What of a prompt was not understood, so that the page can say so."""

from __future__ import annotations

import re

from core.domain.reading import Reading
from core.engines.preview import lexicon
from core.engines.preview.nouns import find_nouns
from core.engines.preview.reader import YOUR_SETTING, Reader

MOST_TOLD = 8

_GRAMMAR = frozenset(
    "a an the this that these those and or but nor so yet of in on at by to from with without into"
    " onto over under above below behind beside between near next front top back side off out up"
    " down for as is are was were be been being has have had having do does did it its he she they"
    " them their his her him my your our we you i who whom which what where when while there here"
    " one two three four five six seven eight nine ten some any each every both all many several"
    " few very more most less than then also just only not no make made makes making look looks"
    " looking like seen shown showing show visible photo photograph picture image shot view scene"
    " style camera lens light lighting color colour colors colours composition please add put turn"
    " change replace keep let set give use using left right full body around through across along"
    " inside outside together other another same portrait painting illustration drawing sketch it's mm still can of".split()
)
_CLOTHES = "|".join(
    (lexicon.COATS, lexicon.DRESSES, lexicon.JACKETS, lexicon.TEES, lexicon.SHORTS, lexicon.HATS,
     lexicon.TALL_HATS, lexicon.LONG_HAIR, lexicon.SHORT_HAIR, lexicon.BALD, lexicon.BEARDS,
     lexicon.GLASSES, lexicon.FEMININE, lexicon.MASCULINE, lexicon.CHILDREN, "hair", "wearing",
     *lexicon.POSES.values(), *lexicon.HAIR_TONES.values()),
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'’-]+")


def ignored(reader: Reader, *, people: bool) -> list[Reading]:
    """Return one reading for each word that changed nothing, at most `MOST_TOLD` and a sum."""
    spoken = reader.script.spoken
    if people:
        reader.learn(_CLOTHES)
    known = {noun.word: noun for noun in find_nouns(spoken)}
    told: dict[str, str] = {}
    for found in _WORD.finditer(spoken):
        word = found.group()
        if word in _GRAMMAR or found.start() in reader.understood:
            continue
        if found.start() in reader.overruled:
            told.setdefault(word, f"{YOUR_SETTING} decides")
        elif any(word in phrase for phrase in known):
            told.setdefault(word, "not shown beside the subject")
        else:
            told.setdefault(word, "the preview has nothing for it")
    for description in reader.script.cut:
        told.setdefault(description[:60], "only four things are placed")
    scene = reader.script.scene
    if scene and scene.aesthetics and scene.aesthetics.mood_atmosphere:
        told.setdefault(scene.aesthetics.mood_atmosphere[:60], "the preview shows no moods")
    readings = [Reading("ignored", word, why) for word, why in told.items()]
    rest = len(readings) - MOST_TOLD
    if rest > 0:
        more = Reading("ignored", f"{rest} more words", "the preview has nothing for them")
        return [*readings[:MOST_TOLD], more]
    return readings
