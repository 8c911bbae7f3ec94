import numpy as np
import pytest

from model_bundle.graphs.faces import FaceDetector, crop_square
from tests.drawn_clips import drawn_face, shades
from training.encoders.face import DETECTOR


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector(DETECTOR)


@pytest.mark.parametrize(("width", "height", "at", "size"), [(320, 240, (160, 120), 70), (640, 360, (200, 150), 100)])
def test_a_face_is_found_where_it_is(
    detector: FaceDetector, width: int, height: int, at: tuple[int, int], size: int
) -> None:
    (face,) = detector.faces(drawn_face(width, height, at, size))
    assert abs(face.left + face.width / 2 - at[0]) < 0.2 * size
    assert abs(face.top + face.height / 2 - at[1]) < 0.4 * size
    assert 1.3 * size < face.width < 2.3 * size
    assert face.score > 0.5


def test_the_largest_face_comes_first(detector: FaceDetector) -> None:
    two = np.concatenate([drawn_face(size=50), drawn_face(size=80)], axis=1)
    first, second = detector.faces(two)
    assert first.left > 320 > second.left


def test_a_wall_has_no_face(detector: FaceDetector) -> None:
    assert detector.faces(shades(3, side=200)[1]) == []


def test_the_square_around_a_face_reaches_above_the_forehead(detector: FaceDetector) -> None:
    (face,) = detector.faces(drawn_face())
    left, top, side = face.square()
    assert left < face.left
    assert top < face.top
    assert side > face.width
    assert top + side < face.top + 1.2 * face.height


def test_what_lies_outside_of_a_picture_repeats_its_edge() -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    cut = crop_square(pixels, -2, 1, 6)
    assert cut.shape == (6, 6, 3)
    assert np.array_equal(cut[0, :3], pixels[1, [0, 0, 0]])
    assert np.array_equal(cut[5, 3], pixels[3, 1])
