"""Solids, lenses and rays keep their geometry."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.preview.arrays import Floats, column, floats
from core.engines.preview.camera import LENSES, Camera, direction, look_at
from core.engines.preview.march import NOWHERE, cast, grouped, march, meet
from core.engines.preview.modeller import Modeller, Placement
from core.engines.preview.solids import Solid
from tests.examples import examples

WHITE = floats((1, 1, 1))


def sculpture(*, yaw: float = 0.0, scale: float = 1.0, lying: bool = False) -> list[Solid]:
    model = Modeller(100)
    model.set_down(Placement(0.3, -0.2, 0.1, yaw=yaw, scale=scale, lying=lying))
    model.part()
    model.ball((0.2, 0, 0.5), (0.3, 0.2, 0.5), WHITE)
    model.box((-1, 0.5, 0.4), (0.4, 0.2, 0.3), 0.05, WHITE)
    model.cone((0, 0, 0), (0.5, 0.5, 1.5), (0.3, 0.1), WHITE)
    model.cylinder((1, 1, 0.5), (0.4, 0.5, 0.02), WHITE, top=0.2)
    model.cylinder((1, -1, 0.5), (0.2, 0.6, 0.02), WHITE, axis="x")
    model.ring((0, -1, 0.5), (0.4, 0.1), WHITE, axis="y")
    return model.solids


def cloud(seed: int) -> Floats:
    return np.random.default_rng(seed).uniform(-3, 3, (3, 200)).astype(np.float32)


@given(seed=st.integers(0, 999), yaw=st.floats(-180, 180), lying=st.booleans())
@settings(max_examples=examples(25), deadline=None)
def test_no_solid_reaches_out_of_its_bounding_ball(seed: int, yaw: float, *, lying: bool) -> None:
    points = cloud(seed)
    for solid in sculpture(yaw=yaw, scale=0.8, lying=lying):
        inside = solid.shape.distance(points) < 0
        away = np.linalg.norm(points - column(solid.centre), axis=0)
        assert (away[inside] <= solid.radius + 1e-4).all()


@given(seed=st.integers(0, 999), yaw=st.floats(-180, 180))
@settings(max_examples=examples(25), deadline=None)
def test_a_step_of_the_stated_distance_never_ends_inside(seed: int, yaw: float) -> None:
    points = cloud(seed)
    for solid in sculpture(yaw=yaw):
        distance = solid.shape.distance(points)
        inside, outside = points[:, distance < 0], points[:, distance > 0]
        gaps = np.linalg.norm(outside[:, :, None] - inside[:, None, :], axis=0)
        assert (gaps >= distance[distance > 0][:, None] * 0.9 - 1e-3).all()


def test_a_ray_meets_a_ball_where_geometry_says() -> None:
    model = Modeller(100)
    model.part()
    model.ball((0, 0, 0), (0.5, 0.5, 0.5), WHITE)
    (group,) = grouped(model.solids)
    rays = floats([[0, 0], [1, 1], [0, 0]])
    origin = floats([[0, 2], [-3, -3], [0, 0]])

    entry, leaving = meet(group.balls, origin, rays)
    found, hit = march(
        group, (origin[:, :1], rays[:, :1]), (entry[:1], leaving[:1]), precision=1e-4
    )

    assert entry[1] == NOWHERE
    assert hit.all()
    assert found[0] == pytest.approx(2.5, abs=2e-3)
    assert group.normals(origin[:, :1] + rays[:, :1] * found, floats([1e-3]))[1] == pytest.approx(
        -1, abs=1e-2
    )


def test_the_nearer_of_two_groups_is_seen() -> None:
    model = Modeller(100)
    for y in (2.0, 0.0):
        model.part()
        model.ball((0, y, 0), (0.5, 0.5, 0.5), WHITE)
    distance = floats([100.0])

    nearest = cast(grouped(model.solids), (column((0, -3, 0)), column((0, 1, 0))), distance, 1e-3)

    assert nearest.tolist() == [1]
    assert distance[0] == pytest.approx(2.5, abs=5e-3)


@pytest.mark.parametrize("name", [name for name, lens in LENSES.items() if not lens.fisheye])
def test_a_lens_has_the_angle_of_view_of_its_focal_length(name: str) -> None:
    lens = LENSES[name]
    eye, target = floats((0, -5, 1)), floats((0, 0, 1))
    camera = Camera(eye, look_at(eye, target), lens.tangent, 300, 200)

    rays = camera.rays(floats([150, 150]), floats([0, 200]))
    angle = math.degrees(math.acos(float((rays[:, 0] * rays[:, 1]).sum())))

    assert angle == pytest.approx(math.degrees(2 * math.atan(12 / lens.focal)), abs=0.05)


def test_the_camera_stands_where_its_bearing_says() -> None:
    assert direction(0, 0) == pytest.approx([0, -1, 0], abs=1e-6)
    assert direction(90, 0) == pytest.approx([1, 0, 0], abs=1e-6)
    assert direction(0, 90) == pytest.approx([0, 0, 1], abs=1e-6)


def test_everything_stays_in_single_precision() -> None:
    model = Modeller(100)
    model.part(0.1)
    model.ball((0, 0, 0), (0.5, 0.5, 0.5), WHITE)
    model.cone((0, 0, 0), (0, 0, 1), (0.2, 0.1), WHITE)
    (group,) = grouped(model.solids)
    points = cloud(3)

    assert group.distance(points).dtype == np.float32
    assert group.normals(points, floats(np.full(200, 1e-3))).dtype == np.float32
    assert group.surfaces(points).dtype == np.float32
