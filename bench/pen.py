"""A seeded pen that draws digits from skeletons of its own: off centre, thin, thick, small, slanted.

The skeletons are strokes of points in a square of side 1, y downwards, as a person would move a pen; none comes from
MNIST. `strokes` gives points to draw with a mouse, `drawn` the ink itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Points = NDArray[np.float64]  # (points, 2) as (x, y)
SIDE = 112  # of a drawing, in pixels


def _arc(
    x: float, y: float, width: float, height: float, begin: float, end: float, points: int = 24
) -> list[tuple[float, float]]:
    """Part of an ellipse around (x, y), from one angle to another in degrees; 0 is to the right, 90 below."""
    angles = np.radians(np.linspace(begin, end, points))
    return [(x + width * float(np.cos(a)), y + height * float(np.sin(a))) for a in angles]


SKELETONS: dict[int, list[list[list[tuple[float, float]]]]] = {
    0: [
        [_arc(0.5, 0.5, 0.3, 0.45, -90, 270, 40)],
        [_arc(0.5, 0.5, 0.22, 0.46, -70, 300, 40)],
    ],
    1: [
        [[(0.5, 0.05), (0.5, 0.95)]],
        [[(0.36, 0.24), (0.54, 0.05), (0.52, 0.95)]],
    ],
    2: [
        [[*_arc(0.5, 0.3, 0.28, 0.25, -170, 35), (0.22, 0.93), (0.8, 0.93)]],
        [
            [
                *_arc(0.48, 0.28, 0.27, 0.23, -160, 50),
                (0.3, 0.85),
                *_arc(0.32, 0.87, 0.08, 0.06, 150, 380, 10),
                (0.82, 0.92),
            ]
        ],
    ],
    3: [
        [_arc(0.45, 0.28, 0.27, 0.22, -150, 90) + _arc(0.45, 0.73, 0.31, 0.23, -90, 150)],
        [[(0.22, 0.08), (0.74, 0.08), (0.46, 0.42), *_arc(0.44, 0.69, 0.31, 0.26, -80, 150)]],
    ],
    4: [
        [[(0.3, 0.06), (0.24, 0.55), (0.8, 0.55)], [(0.66, 0.1), (0.64, 0.95)]],
        [[(0.58, 0.05), (0.18, 0.62), (0.84, 0.62)], [(0.62, 0.36), (0.6, 0.96)]],
    ],
    5: [
        [[(0.75, 0.07), (0.33, 0.07), (0.29, 0.43), *_arc(0.45, 0.67, 0.3, 0.26, -120, 145)]],
        [[(0.32, 0.08), (0.28, 0.45), *_arc(0.44, 0.68, 0.29, 0.25, -115, 150)], [(0.32, 0.08), (0.76, 0.07)]],
    ],
    6: [
        [_arc(0.78, 0.62, 0.55, 0.58, -105, -180) + _arc(0.48, 0.68, 0.25, 0.26, 180, -170, 36)],
        [[(0.62, 0.04), (0.36, 0.38), *_arc(0.48, 0.69, 0.24, 0.25, -160, -520, 36)]],
    ],
    7: [
        [[(0.2, 0.09), (0.8, 0.09), (0.42, 0.95)]],
        [[(0.2, 0.12), (0.78, 0.1), (0.6, 0.45), (0.46, 0.95)]],
    ],
    8: [
        [_arc(0.5, 0.27, 0.21, 0.21, 90, -270, 30) + _arc(0.5, 0.72, 0.26, 0.24, -90, 270, 30)],
        [_arc(0.5, 0.27, 0.22, 0.21, -30, -250, 24) + _arc(0.5, 0.72, 0.25, 0.24, -70, 250, 30) + [(0.68, 0.36)]],
    ],
    9: [
        [[*_arc(0.48, 0.3, 0.24, 0.24, 0, -360, 34), (0.72, 0.34), (0.68, 0.95)]],
        [_arc(0.5, 0.3, 0.24, 0.24, -20, -350, 34) + _arc(0.22, 0.4, 0.52, 0.55, -10, 70, 14)],
    ],
}


@dataclass(frozen=True)
class Hand:
    """How one drawing is made: `size` of the square's side, `middle` of it, `slant` as x per y, `turn` in radians,
    `width` of the digit to its height, `thickness` of the pen to the digit's size."""

    size: float
    middle: tuple[float, float]
    slant: float
    turn: float
    width: float
    thickness: float


def hand(random: np.random.Generator) -> Hand:
    size = random.uniform(0.3, 0.9)
    room = (1 - size) / 2
    return Hand(
        size=size,
        middle=(0.5 + random.uniform(-room, room), 0.5 + random.uniform(-room, room)),
        slant=random.uniform(-0.35, 0.35),
        turn=random.uniform(-0.15, 0.15),
        width=random.uniform(0.75, 1.1),
        thickness=random.uniform(0.05, 0.16),
    )


def strokes(digit: int, random: np.random.Generator, how: Hand | None = None) -> tuple[list[Points], float]:
    """The pen's ways in a square of side 1, and how thick it is there."""
    how = how or hand(random)
    skeletons = SKELETONS[digit]
    skeleton = skeletons[random.integers(len(skeletons))]
    sheared = np.array([[how.width, -how.slant], [0, 1]])
    turned = np.array([[np.cos(how.turn), -np.sin(how.turn)], [np.sin(how.turn), np.cos(how.turn)]])
    bend = random.normal(0, 0.012, (4, 2))
    ways = [_trembled(np.array(stroke) - 0.5, bend) @ (turned @ sheared).T for stroke in skeleton]
    joined = np.concatenate(ways)
    middle = (joined.min(axis=0) + joined.max(axis=0)) / 2
    scale = (how.size - how.size * how.thickness) / max(np.ptp(joined, axis=0).max(), 1e-9)
    return [(way - middle) * scale + how.middle for way in ways], how.size * how.thickness


def _trembled(way: Points, bend: Points) -> Points:
    """Smoothly moved, as no hand draws a line twice."""
    waves = np.stack(
        [np.sin(2.1 * way[:, 1] + 1), np.cos(3.7 * way[:, 0]), np.sin(5 * way[:, 1]), np.cos(6 * way[:, 0])], 1
    )
    return way + waves @ bend


def drawn(digit: int, random: np.random.Generator, how: Hand | None = None) -> NDArray[np.float32]:
    """(SIDE, SIDE), 0 is paper and 1 ink."""
    ways, thickness = strokes(digit, random, how)
    fine = 4
    picture = Image.new("L", (SIDE * fine, SIDE * fine))
    pen, radius = ImageDraw.Draw(picture), thickness * SIDE * fine / 2
    for way in ways:
        points = [(float(x), float(y)) for x, y in way * SIDE * fine]
        pen.line(points, 255, round(2 * radius), "curve")
        for x, y in points:
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], 255)
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32) / 255
