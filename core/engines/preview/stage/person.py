"""The person stand-in: a clothed mannequin."""

import math

import numpy as np

from core.engines.preview.colour import linear
from core.engines.preview.modeller import Finish, Modeller, Triple
from core.engines.preview.stage.person_look import POSES, Limbs, Look

SKIN = Finish(rough=0.45)
BARE_ARM = Finish(rough=0.45, blend=0.0015)
HAIR = Finish(rough=0.45)
CLOTH = Finish(rough=0.82, blend=0.0015)
SHOE = Finish(rough=0.35)
EYE = Finish(rough=0.15, blend=0.001)


def build_person(model: Modeller, look: Look) -> None:
    """Add a person 1.78 m tall, facing the negative y axis."""
    left, right = POSES[look.pose]
    _torso(model, look)
    shoulder = 0.158 if look.feminine else 0.178
    model.melt(0.035)
    for side, limbs in ((1, left), (-1, right)):
        _arm(model, look, (side * shoulder, 0.012, 1.42), limbs)
    _legs(model, look, (left, right))
    for side, limbs in ((1, left), (-1, right)):
        _hand(model, look, limbs, side)
    _head(model, look)
    if not look.mannequin:
        _face(model, look)
        _hair(model, look)
    if look.garment in {"coat", "suit"}:
        _lapels(model, look)
    if look.pose == "sitting":
        _seat(model, look)


def _torso(model: Modeller, look: Look) -> None:
    hips = look.upper if look.garment == "dress" else look.lower
    chest = 0.142 if look.feminine else 0.162
    shoulder = 0.158 if look.feminine else 0.178
    model.part(0.05)
    model.cone((0, 0.01, 0.97), (0, 0.01, 1.10), (0.118, 0.100), hips, CLOTH)
    model.cone((-0.072, 0.01, 0.94), (0.072, 0.01, 0.94), (0.090, 0.090), hips, CLOTH)
    model.ball((0, 0, 1.30), (chest, 0.105, 0.19), look.upper, CLOTH)
    for side in (1, -1):
        start, end = (side * 0.05, 0.012, 1.475), (side * shoulder, 0.012, 1.425)
        model.cone(start, end, (0.040, 0.056), look.upper, CLOTH)
    if look.feminine:
        model.cone((-0.065, -0.072, 1.29), (0.065, -0.072, 1.29), (0.050, 0.050), look.upper, CLOTH)
    waist = 0.096 if look.feminine else 0.108
    model.cone((0, 0.01, 1.08), (0, 0.01, 1.25), (waist, 0.12), look.upper, CLOTH)
    if look.pose == "sitting" and look.garment in {"coat", "dress"}:
        model.cone((0, -0.05, 0.92), (0, -0.38, 0.90), (0.16, 0.17), look.upper, CLOTH)
    elif look.garment == "coat":
        model.cylinder((0, 0.015, 0.80), (0.255, 0.32, 0.02), look.upper, CLOTH, top=0.135)
    elif look.garment == "dress":
        model.cylinder((0, 0.015, 0.74), (0.31, 0.36, 0.02), look.upper, CLOTH, top=0.135)


def _arm(model: Modeller, look: Look, shoulder: Triple, limbs: Limbs) -> None:
    finish = BARE_ARM if look.garment in {"dress", "tee"} else CLOTH
    model.melt(0.035)
    above = look.upper if look.garment == "tee" else look.sleeve
    wide = 0.066 if look.garment == "tee" else 0.054
    model.cone(shoulder, limbs.elbow, (wide, 0.041), above, finish)
    model.melt(0.02)
    model.cone(limbs.elbow, limbs.wrist, (0.041, 0.030), look.sleeve, finish)


def _legs(model: Modeller, look: Look, sides: tuple[Limbs, Limbs]) -> None:
    finish = SKIN if look.garment == "dress" else CLOTH
    model.part(0.035)
    for side, limbs in zip((1, -1), sides, strict=True):
        hip = (side * 0.078, 0.01, 0.93)
        above = look.lower if look.shorts else look.stocking
        model.cone(hip, limbs.knee, (0.084, 0.066 if look.shorts else 0.058), above, finish)
        model.cone(limbs.knee, limbs.ankle, (0.057, 0.040), look.stocking, finish)
    model.part(0.02)
    for limbs in sides:
        x, y, z = limbs.ankle
        sole = max(z - 0.035, 0.045)
        model.ball((x, y - 0.065, sole), (0.045, 0.125, 0.045), look.shoe, SHOE)
        low = (x, y + 0.01, max(z - 0.04, 0.045))
        model.cone((x, y, z + 0.02), low, (0.042, 0.045), look.shoe, SHOE)


def _hand(model: Modeller, look: Look, limbs: Limbs, side: int) -> None:
    wrist = np.array(limbs.wrist)
    along = wrist - np.array(limbs.elbow)
    along = along / math.sqrt(float(along @ along))

    def ahead(metres: float, x: float = 0.0, y: float = 0.0) -> Triple:
        px, py, pz = (float(value) for value in wrist + along * metres)
        return px + x, py + y, pz

    model.part(0.02)
    model.cone(limbs.wrist, ahead(0.05), (0.027, 0.034), look.skin, SKIN)
    model.cone(ahead(0.05), ahead(0.125), (0.032, 0.016), look.skin, SKIN)
    model.cone(limbs.wrist, ahead(0.06, -side * 0.034, -0.015), (0.018, 0.012), look.skin, SKIN)


def _head(model: Modeller, look: Look) -> None:
    skin = look.skin
    model.part(0.035)
    model.cone((0, 0.014, 1.43), (0, 0.004, 1.56), (0.050, 0.046), skin, SKIN)
    model.ball((0, 0.002, 1.665), (0.074, 0.090, 0.100), skin, SKIN)
    model.cone((0, -0.020, 1.615), (0, -0.045, 1.592), (0.058, 0.034), skin, SKIN)
    model.cone((-0.028, -0.043, 1.63), (0.028, -0.043, 1.63), (0.038, 0.038), skin, SKIN)
    model.melt(0.022)
    model.cone((-0.03, -0.070, 1.700), (0.03, -0.070, 1.700), (0.018, 0.018), skin, SKIN)
    model.cone((0, -0.084, 1.688), (0, -0.106, 1.640), (0.008, 0.014), skin, SKIN)
    for side in (1, -1):
        model.ball((side * 0.076, 0.012, 1.655), (0.011, 0.022, 0.031), skin, SKIN)


def _face(model: Modeller, look: Look) -> None:
    # Quiet features: enough to tell front from back and to let the light draw a face.
    lips = look.skin * (0.72, 0.46, 0.44)
    model.part()
    for side in (1, -1):
        eye = (side * 0.0295, -0.0835, 1.672)
        model.ball(eye, (0.0130, 0.0060, 0.0062), look.skin * 0.12 + 0.006, EYE)
        arch = (side * 0.033, -0.0895, 1.6975)
        inner, outer = (side * 0.016, -0.0945, 1.6950), (side * 0.049, -0.0805, 1.6945)
        model.cone(inner, arch, (0.0040, 0.0042), look.hair * 0.8, HAIR)
        model.cone(arch, outer, (0.0042, 0.0026), look.hair * 0.8, HAIR)
        corner = (side * 0.0225, -0.0815, 1.6025)
        model.cone((0, -0.0890, 1.5985), corner, (0.0066, 0.0030), lips, Finish(rough=0.35))


def _hair(model: Modeller, look: Look) -> None:
    model.part(0.03)
    if look.hat:
        _hat(model, look)
    elif look.coiffure != "bald":
        model.ball((0, 0.024, 1.700), (0.083, 0.092, 0.090), look.hair, HAIR)
        model.ball((0.012, -0.036, 1.748), (0.062, 0.050, 0.030), look.hair, HAIR)
    if look.coiffure == "long":
        model.cone((0, 0.062, 1.68), (0, 0.082, 1.47), (0.076, 0.045), look.hair, HAIR)
        for side in (1, -1):
            start, end = (side * 0.062, 0.03, 1.69), (side * 0.072, 0.035, 1.52)
            model.cone(start, end, (0.030, 0.022), look.hair, HAIR)
    elif look.hat:
        model.ball((0, 0.03, 1.67), (0.079, 0.086, 0.072), look.hair, HAIR)
    _beard_and_glasses(model, look)


def _beard_and_glasses(model: Modeller, look: Look) -> None:
    if look.beard:
        model.part(0.03)
        model.ball((0, -0.052, 1.582), (0.052, 0.044, 0.052), look.hair, HAIR)
        model.cone((-0.040, -0.050, 1.615), (0.040, -0.050, 1.615), (0.022, 0.022), look.hair, HAIR)
    if look.glasses:
        for side in (1, -1):
            model.part()
            lens = (side * 0.032, -0.100, 1.672)
            model.ball(lens, (0.026, 0.007, 0.020), linear("101114"), EYE)


def _hat(model: Modeller, look: Look) -> None:
    felt = Finish(rough=0.8)
    if look.hat == "tall":
        white = look.upper
        model.cylinder((0, 0.008, 1.80), (0.086, 0.085, 0.01), white, felt)
        model.ball((0, 0.008, 1.90), (0.125, 0.125, 0.065), white, felt)
        return
    model.ball((0, 0.004, 1.722), (0.155, 0.175, 0.012), look.upper * 0.55, felt)
    model.cylinder((0, 0.008, 1.775), (0.090, 0.050, 0.02), look.upper * 0.55, felt, top=0.075)
    model.cylinder((0, 0.008, 1.738), (0.092, 0.012, 0.004), look.upper * 0.2, felt)


def _seat(model: Modeller, look: Look) -> None:
    # What a sitting person sits on: a plain block under hips and thighs.
    model.part()
    paint = look.lower * 0.4 + 0.2
    model.box((0, -0.02, 0.405), (0.30, 0.30, 0.405), 0.03, paint, Finish(rough=0.7))


def _lapels(model: Modeller, look: Look) -> None:
    shirt, cloth = linear("ece8e0"), Finish(rough=0.8)
    model.part()
    model.cone((0, -0.044, 1.468), (0, -0.101, 1.26), (0.031, 0.004), shirt, cloth)
    if look.garment == "suit" and not look.feminine:
        model.part(0.004)
        tie = look.lower * 0.6
        model.cone((0, -0.071, 1.452), (0, -0.104, 1.30), (0.011, 0.014), tie, Finish(rough=0.5))
    for side in (1, -1):
        model.part(0.01)
        high, fold = (side * 0.049, -0.048, 1.490), (side * 0.030, -0.086, 1.37)
        model.cone(high, fold, (0.013, 0.020), look.upper * 0.82, CLOTH)
        model.cone(fold, (0, -0.102, 1.245), (0.020, 0.006), look.upper * 0.82, CLOTH)


def build_arms(model: Modeller, look: Look) -> None:
    """Add the viewer's own forearms, reaching forward (negative y) from a lens at the origin."""
    for side in (1, -1):
        elbow, wrist = (side * 0.36, -0.20, -0.46), (side * 0.200, -0.66, -0.290)
        model.part(0.02)
        model.cone(elbow, wrist, (0.050, 0.034), look.sleeve, CLOTH)
        model.part(0.012)
        palm = (side * 0.176, -0.735, -0.262)
        model.cone(wrist, palm, (0.026, 0.034), look.skin, SKIN)
        thumb = (side * 0.118, -0.768, -0.226)
        model.cone(palm, thumb, (0.017, 0.011), look.skin, SKIN)
        for finger in range(4):
            base = (side * (0.146 + 0.020 * finger), -0.765, -0.256 - 0.003 * finger)
            tip = (side * (0.136 + 0.018 * finger), -0.850 + 0.010 * finger, -0.236)
            model.cone(base, tip, (0.0125, 0.0085), look.skin, SKIN)
