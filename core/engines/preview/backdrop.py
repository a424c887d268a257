"""What surrounds the set: the protocol of sky and studio, and the studio's backdrop."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.engines.preview.arrays import Floats, dot, smoothstep
from core.engines.preview.light import Tube


class Surround(Protocol):
    """Whatever is seen where nothing stands."""

    def colour(self, directions: Floats) -> Floats:
        """Return the light that comes from these directions."""
        ...

    def fog(self, directions: Floats) -> Floats:
        """Return the colour distant things fade into."""
        ...

    def reflected(self, mirrored: Floats) -> Floats:
        """Return what a polished surface sees, without the lamps."""
        ...

    def haze(self, distance: Floats, points: Floats) -> Floats:
        """Return how far things at this distance have faded, 0..1."""
        ...


@dataclass(frozen=True, slots=True)
class StudioBackdrop:
    """A seamless paper sweep: floor and wall run into each other."""

    paint: Floats
    forward: Floats
    edge_light: float
    """Brightness of the corners of the picture."""
    ambient: tuple[Floats, Floats]
    tubes: tuple[Tube, ...]
    sweep: float
    """Distance from the subject at which the floor has become the wall."""

    def colour(self, directions: Floats) -> Floats:
        """Return the lit paper, darker away from the axis, with the glow of tubes on it."""
        falloff = smoothstep(0.78, 1.0, dot(directions, self.forward))
        rgb: Floats = self.paint * (self.edge_light + (1 - self.edge_light) * falloff)
        for tube in self.tubes:
            rgb += tube.colour * (0.05 * tube.glow(directions, 6))
        return rgb

    def fog(self, directions: Floats) -> Floats:
        """Return the backdrop itself: the floor fades into it."""
        return self.colour(directions)

    def reflected(self, mirrored: Floats) -> Floats:
        """Return the ambient light of the room."""
        up = 0.5 + 0.5 * mirrored[2]
        above, below = self.ambient
        out: Floats = above * (1.1 * up) + below * (1 - up)
        return out

    def haze(self, distance: Floats, points: Floats) -> Floats:
        """Return the sweep: the floor fades with its distance from the subject."""
        del distance
        radius = np.sqrt(points[0] * points[0] + points[1] * points[1])
        share: Floats = smoothstep(self.sweep * 0.35, self.sweep, radius) * (points[2] < 0.05)
        return share


@dataclass(frozen=True, slots=True)
class RoomAir:
    """The air of a room: it hides nothing, and above the wall it is the ceiling's colour."""

    backdrop: StudioBackdrop

    def colour(self, directions: Floats) -> Floats:
        """Return the ceiling."""
        return self.backdrop.colour(directions)

    def fog(self, directions: Floats) -> Floats:
        """Return the ceiling's colour."""
        return self.backdrop.colour(directions)

    def reflected(self, mirrored: Floats) -> Floats:
        """Return the ambient light of the room."""
        return self.backdrop.reflected(mirrored)

    def haze(self, distance: Floats, points: Floats) -> Floats:
        """Return clear air."""
        del points
        return np.zeros_like(distance)
