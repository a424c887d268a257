"""Lighting rigs: key, fill, rims, ambient light, sky and exposure behind every lighting value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Rgb: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Beam:
    """A directional light of a rig: bearing from the camera in degrees, colour, softness."""

    azimuth: float
    elevation: float
    colour: Rgb
    softness: float = 8.0
    """Sharpness of the shadow edge: 2 is a white sky, 60 a bare sun."""
    wrap: float = 0.05
    """How far the light reaches around the form, as a large source does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A complete lighting set-up."""

    key: Beam
    fill: Beam | None = None
    rims: tuple[Beam, ...] = ()
    ambient: tuple[Rgb, Rgb]
    """Light from above and from below."""
    sky: tuple[Rgb, Rgb, Rgb]
    """Zenith, horizon and the glow around the sun."""
    backdrop: float = 1.0
    """Light on a studio backdrop."""
    whiten: float = 0.0
    """How far the backdrop is washed towards white."""
    exposure: float
    """Mean brightness the film aims at."""
    clouds: float = 0.0
    sun: bool = True
    night: bool = False
    moon: bool = False
    window: bool = False
    """Indoors the key falls through window panes."""
    neon: bool = False


RIGS: Mapping[str, Rig] = {
    "natural": Rig(
        key=Beam(-66, 32, (4.0, 3.7, 3.1), 16, 0.12),
        ambient=((0.42, 0.47, 0.58), (0.24, 0.22, 0.19)),
        sky=((0.26, 0.42, 0.74), (0.86, 0.86, 0.84), (1.4, 1.1, 0.8)),
        backdrop=0.62,
        exposure=0.165,
        clouds=0.9,
        window=True,
    ),
    "bright-daylight": Rig(
        key=Beam(34, 56, (3.9, 3.7, 3.35), 38, 0.02),
        ambient=((0.66, 0.80, 1.04), (0.36, 0.34, 0.30)),
        sky=((0.13, 0.34, 0.82), (0.72, 0.85, 0.98), (1.0, 0.95, 0.8)),
        backdrop=1.3,
        exposure=0.25,
        clouds=0.55,
    ),
    "overcast": Rig(
        key=Beam(20, 70, (0.72, 0.84, 0.98), 2.2, 0.6),
        ambient=((0.94, 1.04, 1.18), (0.38, 0.41, 0.46)),
        sky=((0.56, 0.62, 0.69), (0.80, 0.83, 0.86), (0.1, 0.1, 0.1)),
        backdrop=0.8,
        exposure=0.165,
        sun=False,
    ),
    "golden-hour": Rig(
        key=Beam(112, 12, (5.6, 2.7, 0.9), 12, 0.15),
        fill=Beam(-35, 30, (0.46, 0.38, 0.42), 4, 0.5),
        ambient=((0.44, 0.46, 0.72), (0.42, 0.26, 0.14)),
        sky=((0.20, 0.30, 0.62), (1.5, 0.78, 0.34), (6, 2.6, 0.8)),
        backdrop=0.9,
        exposure=0.19,
        clouds=0.75,
    ),
    "blue-hour": Rig(
        key=Beam(-60, 40, (0.42, 0.66, 1.35), 4, 0.5),
        fill=Beam(70, 12, (0.85, 0.48, 0.26), 4, 0.5),
        ambient=((0.24, 0.40, 0.92), (0.12, 0.16, 0.30)),
        sky=((0.05, 0.10, 0.34), (0.27, 0.34, 0.66), (0.5, 0.25, 0.15)),
        backdrop=0.5,
        exposure=0.105,
        clouds=0.75,
        night=True,
    ),
    "studio": Rig(
        key=Beam(-48, 38, (3.0, 2.9, 2.8), 5, 0.25),
        fill=Beam(60, 15, (0.5, 0.52, 0.57), 4, 0.5),
        rims=(Beam(150, 40, (1.7, 1.7, 1.8)),),
        ambient=((0.42, 0.42, 0.44), (0.24, 0.23, 0.22)),
        sky=((0.10, 0.13, 0.19), (0.30, 0.33, 0.38), (0.2, 0.2, 0.2)),
        backdrop=0.5,
        exposure=0.17,
        sun=False,
    ),
    "soft": Rig(
        key=Beam(-12, 30, (1.15, 1.13, 1.11), 2.2, 0.6),
        fill=Beam(40, 20, (0.45, 0.45, 0.47), 4, 0.5),
        ambient=((0.92, 0.90, 0.88), (0.64, 0.61, 0.58)),
        sky=((0.92, 0.92, 0.94), (1.28, 1.24, 1.18), (0.3, 0.3, 0.3)),
        backdrop=1.5,
        whiten=0.45,
        exposure=0.27,
        sun=False,
    ),
    "hard": Rig(
        key=Beam(-74, 40, (5.6, 5.3, 4.9), 70, 0.0),
        ambient=((0.13, 0.16, 0.22), (0.08, 0.075, 0.07)),
        sky=((0.05, 0.16, 0.48), (0.34, 0.46, 0.62), (1.0, 0.9, 0.7)),
        backdrop=0.34,
        exposure=0.125,
    ),
    "dramatic": Rig(
        key=Beam(-82, 32, (4.8, 4.2, 3.5), 7, 0.02),
        rims=(Beam(165, 30, (0.5, 0.55, 0.7)),),
        ambient=((0.03, 0.03, 0.035), (0.015, 0.015, 0.015)),
        sky=((0.01, 0.012, 0.018), (0.05, 0.05, 0.06), (0.1, 0.1, 0.1)),
        backdrop=0.07,
        exposure=0.038,
        night=True,
        sun=False,
    ),
    "backlit": Rig(
        key=Beam(168, 16, (7.5, 6.0, 4.2), 10, 0.12),
        ambient=((0.50, 0.50, 0.56), (0.40, 0.34, 0.27)),
        sky=((0.5, 0.6, 0.8), (1.7, 1.45, 1.1), (7, 5, 3)),
        backdrop=1.7,
        exposure=0.3,
    ),
    "rim": Rig(
        key=Beam(152, 30, (7.5, 7.1, 6.6), 10, 0.0),
        rims=(Beam(-146, 24, (5.2, 5.6, 6.6)),),
        ambient=((0.06, 0.065, 0.08), (0.03, 0.03, 0.035)),
        sky=((0.02, 0.025, 0.04), (0.10, 0.11, 0.14), (0.3, 0.3, 0.3)),
        backdrop=0.06,
        exposure=0.046,
        night=True,
        sun=False,
    ),
    "moonlight": Rig(
        key=Beam(128, 48, (0.85, 1.12, 1.8), 12, 0.08),
        fill=Beam(-50, 35, (0.10, 0.15, 0.28), 4, 0.5),
        ambient=((0.07, 0.10, 0.20), (0.03, 0.04, 0.07)),
        sky=((0.008, 0.016, 0.055), (0.05, 0.08, 0.18), (0.25, 0.32, 0.5)),
        backdrop=0.22,
        exposure=0.056,
        night=True,
        moon=True,
    ),
    "neon": Rig(
        key=Beam(-160, 40, (0.5, 0.2, 0.9), 8, 0.1),
        ambient=((0.06, 0.05, 0.13), (0.05, 0.03, 0.08)),
        sky=((0.01, 0.01, 0.035), (0.09, 0.04, 0.16), (0.1, 0.02, 0.1)),
        backdrop=0.45,
        exposure=0.085,
        night=True,
        neon=True,
        sun=False,
    ),
    "high-key": Rig(
        key=Beam(-20, 40, (1.6, 1.6, 1.6), 2.5, 0.6),
        fill=Beam(35, 20, (0.8, 0.8, 0.8), 4, 0.5),
        ambient=((1.15, 1.15, 1.15), (0.95, 0.95, 0.95)),
        sky=((1.4, 1.45, 1.5), (1.9, 1.9, 1.9), (0, 0, 0)),
        backdrop=2.2,
        whiten=1.0,
        exposure=0.52,
        sun=False,
    ),
    "candlelight": Rig(
        key=Beam(-35, 4, (3.6, 1.55, 0.42), 5, 0.3),
        ambient=((0.07, 0.045, 0.03), (0.09, 0.04, 0.015)),
        sky=((0.012, 0.01, 0.015), (0.06, 0.035, 0.02), (0, 0, 0)),
        backdrop=0.18,
        exposure=0.06,
        night=True,
        sun=False,
    ),
}
