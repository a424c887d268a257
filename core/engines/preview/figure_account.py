"""Tells one figure as an object of FIBO's structured prompt."""

from __future__ import annotations

from core.domain.scene import SceneObject
from core.engines.preview.arrays import Floats
from core.engines.preview.brief import PEOPLE, Brief
from core.engines.preview.colour import NAMED, linear
from core.engines.preview.figure import Figure
from core.engines.preview.stage.person_look import Look, imagine

_PLURAL = {"couple": "two people", "group": "a group of people"}
_GARMENTS = {
    "dress": "dress", "coat": "knee-length coat over trousers", "suit": "jacket and trousers",
    "tee": "short-sleeved shirt and trousers", "plain": "long-sleeved top and trousers",
}  # fmt: skip
_VOWELS = "aeiou"


def colour_word(paint: Floats) -> str:
    """Return the name of the basic colour nearest to a paint (squared distance, display light)."""
    seen = paint ** (1 / 2.2)
    return min(
        NAMED, key=lambda name: float(((linear(NAMED[name]) ** (1 / 2.2) - seen) ** 2).sum())
    )


def told_object(brief: Brief, figure: Figure, seed: int) -> SceneObject:
    """Return the object a figure is, without place and size."""
    if figure.stand_in in PEOPLE:
        number = 10 * brief.figures.index(figure)
        return _told_people(
            figure, imagine(figure, seed, number=number, mannequin=brief.mannequins)
        )
    name = figure.noun or "abstract sculpture on a plinth"
    colour = colour_word(figure.paints.primary)
    return SceneObject(
        description=_with_article(name),
        shape_and_color=f"{colour}, simple smooth forms",
        texture="smooth, matte",
        appearance_details=f"a simplified {figure.kind} without fine detail",
        number_of_objects=figure.number,
        orientation="three-quarter view, facing right",
    )


def _told_people(figure: Figure, look: Look) -> SceneObject:
    who = "child" if look.child else "person"
    if figure.stand_in == "person":
        gender = "girl" if look.child else "woman"
        who = gender if look.feminine else {"girl": "boy", "woman": "man"}[gender]
    number = {"couple": 2, "group": max(3, figure.number if figure.number > 1 else 4)}
    upper, lower = colour_word(look.upper), colour_word(look.lower)
    clothes = f"{upper} {_GARMENTS[look.garment]}"
    if look.garment != "dress":
        clothes += f" in {lower}" if lower != upper else ""
    details = [
        f"{colour_word(look.hair)} hair, {look.coiffure}" if look.coiffure != "bald" else "bald"
    ]
    details += ["a beard"] * look.beard + ["glasses"] * look.glasses + ["a hat"] * bool(look.hat)
    if look.mannequin:
        who, clothes, details = "neutral grey mannequin", "none", ["a plain grey surface"]
    name = _PLURAL.get(figure.stand_in) or _with_article(figure.noun or who)
    return SceneObject(
        description=f"{name} in {_with_article(clothes)}" if clothes != "none" else name,
        shape_and_color=f"{upper} and {lower}",
        texture="smooth skin, matte cloth",
        appearance_details=", ".join(details),
        number_of_objects=number.get(figure.stand_in, 1),
        pose=look.pose,
        expression="neutral",
        clothing=clothes,
        action=look.pose,
        gender="female" if look.feminine else "male",
        skin_tone_and_texture=f"{colour_word(look.skin)}, smooth",
        orientation="facing the camera",
    )


def _with_article(name: str) -> str:
    if name.partition(" ")[0] in {"a", "an", "the", "two", "three"}:
        return name
    return f"{'an' if name[0] in _VOWELS else 'a'} {name}"
