"""Understands a request: words and parameters become decisions that remember their source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypedDict

from core.domain.reading import Reading
from core.domain.scene import StructuredPrompt, TextRender
from core.engines.preview import lexicon
from core.engines.preview.camera import LENS_OF_ANGLE
from core.engines.preview.colour import bare_colour, coloured_nouns, shade
from core.engines.preview.figure import Figure
from core.engines.preview.leftovers import ignored
from core.engines.preview.nouns import find_nouns
from core.engines.preview.palettes import NATURAL, Palette, palette
from core.engines.preview.reader import Reader
from core.engines.preview.script import QUOTED, Cue, Script, read_script
from core.engines.preview.shot import Shot
from core.engines.preview.vocabulary import check

INDOORS = frozenset({"studio", "room"})
PEOPLE = frozenset({"person", "couple", "group"})

_LIGHT_OF_SETTING = {"studio": "studio", "room": "natural"}
_HOME_OF_PLACE = {
    "lake": "beach", "forest": "forest", "beach": "beach", "desert": "desert", "field": "field",
    "city": "street", "sky": "mountain",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What will be shown, decided once and for all."""

    words: str
    """Everything that was said, in lower case."""
    figures: tuple[Figure, ...]
    """The main figure first."""
    setting: str
    weather: str
    angle: str
    lens: str
    light: str
    palette: str
    composition: str
    style: str
    focus: str
    """shallow, deep, or empty for what the lens gives."""
    paints: Palette
    lettering: tuple[TextRender, ...]
    mannequins: bool
    scene: StructuredPrompt | None
    """The structured prompt the picture started from."""
    readings: tuple[Reading, ...]

    @property
    def main(self) -> Figure:
        """What the picture is about."""
        return self.figures[0]

    @property
    def stand_in(self) -> str:
        """Which stand-in plays the main figure."""
        return self.main.stand_in

    @property
    def indoors(self) -> bool:
        """Whether there is a wall or backdrop instead of a sky."""
        return self.setting in INDOORS


def understand(shot: Shot) -> Brief:
    """Return the brief for a shot; explicit parameters win over words of the prompt.

    Raises:
        ValueError: if a parameter or one of its values is unknown.
        UnreadablePromptError: if the structured prompt is not one.
    """
    check(shot.parameters)
    script = read_script(shot)
    reader = Reader(script, shot.parameters)
    decided = _decided(reader)
    for cue in script.cues[1:]:
        _note_stand_in(reader, cue, "beside it")
    paints, figures = _painted(palette(decided["palette"]), script, reader)
    if "composition" in shot.parameters:  # a setting places the main figure, whatever was said
        figures = (replace(figures[0], spot=None, size=None), *figures[1:])
    _note_lettering(reader)
    people = any(figure.stand_in in PEOPLE for figure in figures)
    return Brief(
        words=" ".join([script.spoken, script.place, *(figure.words for figure in figures)]),
        figures=figures,
        **decided,
        paints=paints,
        lettering=script.lettering,
        mannequins=shot.mannequins,
        scene=script.scene,
        readings=(*reader.readings, *ignored(reader, people=people)),
    )


class _Decided(TypedDict):
    setting: str
    weather: str
    light: str
    angle: str
    lens: str
    composition: str
    palette: str
    style: str
    focus: str


def _decided(reader: Reader) -> _Decided:
    main = reader.script.cues[0].mention
    _note_stand_in(reader, reader.script.cues[0], "stand-in")
    setting = reader.aspect("setting", lexicon.SETTINGS, _home(main.stand_in, main.kind))
    outdoors = setting not in INDOORS
    weather = reader.aspect("weather", lexicon.WEATHER, "dry") if outdoors else "dry"
    light = reader.parameter("lighting", _LIGHT_OF_SETTING.get(setting, "bright-daylight"))
    angle = reader.parameter("camera_angle", lexicon.USUAL_ANGLE.get(main.kind, "eye-level"))
    usual = "wide" if main.stand_in in {"landscape", "interior"} else "standard"
    return _Decided(
        setting=setting,
        weather=weather,
        light=light,
        angle=angle,
        lens=reader.parameter("fov", LENS_OF_ANGLE.get(angle, usual)),
        composition=reader.parameter("composition", "centered"),
        palette=reader.parameter("color_palette", "neon" if light == "neon" else NATURAL),
        style=reader.parameter("style", "photorealistic"),
        focus=_focus(reader),
    )


def _note_lettering(reader: Reader) -> None:
    script = reader.script
    spoken = QUOTED.search(script.spoken)
    reader.understood |= set(range(*spoken.span())) if spoken else set()
    for text in script.lettering:
        written = script.scene is not None and text in script.scene.text_render
        source = "structured prompt" if written else "from the words in quotes"
        reader.note("lettering", (text.text or "")[:40], source)


def _home(stand_in: str, kind: str) -> str:
    if stand_in == "landscape":
        return _HOME_OF_PLACE.get(kind, "mountain")
    return lexicon.HOME_OF.get(stand_in, "studio")


def _note_stand_in(reader: Reader, cue: Cue, label: str) -> None:
    mention = cue.mention
    if mention.noun is None:
        reader.note(label, "object", "default")
        return
    same = mention.kind in {mention.stand_in, "sedan", "plate", "house", "pot", "living room"}
    choice = mention.stand_in if same else f"{mention.stand_in} ({mention.kind})"
    if mention.number > 1 and mention.stand_in not in PEOPLE:
        choice += f" × {mention.number}"
    reader.note(label, choice, f"from '{mention.noun.word}'")
    reader.learn(re.escape(mention.noun.word))


def _focus(reader: Reader) -> str:
    table = {
        "shallow": r"shallow(?: depth of field| focus)?|bokeh|(?:blurred|blurry) background",
        "deep": r"deep (?:depth of field|focus)|everything in focus|sharp throughout",
    }
    camera = reader.script.scene and reader.script.scene.photographic_characteristics
    stated = (camera.depth_of_field or "").lower() if camera else ""
    found = lexicon.preferred(reader.script.spoken, table)
    if found:
        reader.learn(table[found[0]])
        reader.note("focus", found[0], f"from '{found[1]}'")
        return found[0]
    if re.search(r"\bdeep\b|\blarge\b", stated):
        return "deep"
    return "shallow" if re.search(r"\bshallow\b", stated) else ""


def _painted(paints: Palette, script: Script, reader: Reader) -> tuple[Palette, tuple[Figure, ...]]:
    # Colours go to the noun behind them: backdrop, lower part, or the figure they belong to.
    for colour, noun, _ in coloured_nouns(script.spoken + script.place):
        if re.match(lexicon.BACKDROP_NOUNS, noun):
            paint = shade(colour)
            paints = replace(paints, backdrop=paint, ground=paint * 0.85)
            _note_colour(reader, colour, noun)
    figures = []
    for number, cue in enumerate(script.cues):
        words = cue.mention.words
        if script.scene is not None and number == 0:
            words = script.spoken + words
        figures.append(_figure(cue, words, paints, reader))
    return paints, tuple(figures)


def _figure(cue: Cue, words: str, paints: Palette, reader: Reader) -> Figure:
    figure = Figure(
        words=words,
        noun=cue.mention.noun.word if cue.mention.noun else "",
        stand_in=cue.mention.stand_in,
        kind=cue.mention.kind,
        paints=paints,
        number=cue.mention.number,
        spot=cue.spot,
        size=cue.size,
        depth=cue.depth,
    )
    for colour, noun, _ in coloured_nouns(words):
        if re.match(lexicon.BACKDROP_NOUNS, noun) or re.match(rf"(?:{lexicon.NOT_PAINT})$", noun):
            continue
        if _belongs_elsewhere(noun, cue, reader.script):
            continue
        paint = shade(colour)
        if re.match(lexicon.LOWER_NOUNS, noun):
            if figure.painted_below:
                continue
            mixed = replace(figure.paints, secondary=paint)
            figure = replace(figure, paints=mixed, painted_below=True)
        elif not figure.painted:
            mixed = replace(figure.paints, primary=paint)
            figure = replace(figure, paints=mixed, painted=True)
        else:
            continue
        _note_colour(reader, colour, noun)
    named = bare_colour(words) if reader.script.scene is not None else None
    if named and not figure.painted:
        figure = replace(figure, paints=replace(figure.paints, primary=shade(named)), painted=True)
        _note_colour(reader, named, figure.noun)
    return figure


def _belongs_elsewhere(noun: str, cue: Cue, script: Script) -> bool:
    # "a man in a coat beside a red car": red is the car's.
    found = find_nouns(f" {noun} ")
    if not found or cue.mention.noun is None:
        return False
    named = (found[0].stand_in, found[0].kind)
    others = {
        (other.mention.stand_in, other.mention.kind) for other in script.cues if other is not cue
    }
    return named in others and named != (cue.mention.stand_in, cue.mention.kind)


def _note_colour(reader: Reader, colour: str, noun: str) -> None:
    reader.note("colour", f"{colour} {noun}", f"from '{colour}'")
    reader.learn(re.escape(colour))
    reader.learn(re.escape(noun))
