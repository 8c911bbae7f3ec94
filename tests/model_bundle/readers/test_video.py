from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model_bundle import Item, ValenceError
from model_bundle.decoding.clip import ClipRequest, decode_clip
from model_bundle.graphs.faces import FaceDetector
from model_bundle.readers.video import Pixels, VideoReader
from model_bundle.spec import FramesSpec, ResizeSpec
from tests.drawn_clips import clip, drawn_face, recording, shades, tone
from tests.pictures import encoded
from training.encoders.face import DETECTOR

PICTURE = ResizeSpec(height=16, width=16, resize="stretch", resampling="bilinear", max_pixels=200_000)


def reader_of(frames: int = 4, fill: bool = False, faces: bool = False) -> VideoReader:
    detector = FaceDetector(DETECTOR) if faces else None
    return VideoReader(FramesSpec(frames=frames, fill=fill, picture=PICTURE), detector)


def _png(pixels: Pixels) -> bytes:
    return encoded(Image.fromarray(pixels), "PNG")


@pytest.mark.parametrize("count", [1, 3, 8, 19])
def test_frames_are_spread_evenly_over_the_clip(count: int) -> None:
    arrays = reader_of(frames=count).read(Item(video=clip(shades(40)))).arrays
    assert arrays is not None
    brightness = arrays["frames"].mean(axis=(1, 2, 3))
    assert len(brightness) == count
    assert np.allclose(brightness, np.linspace(0, 255, count) if count > 1 else [0], atol=40)


def test_of_a_decoded_clip_as_many_frames_are_read_as_the_model_sees() -> None:
    decoded = decode_clip(clip(shades(40)), ClipRequest("video", frames=16))
    arrays = reader_of(frames=3).read(Item(video=decoded)).arrays
    assert arrays is not None
    assert np.allclose(arrays["frames"].mean(axis=(1, 2, 3)), [0, 127, 255], atol=20)


def test_a_short_clip_has_fewer_frames_unless_it_is_filled_up() -> None:
    for fill, expected in ((False, 2), (True, 4)):
        arrays = reader_of(fill=fill).read(Item(video=clip(shades(2)))).arrays
        assert arrays is not None
        assert arrays["frames"].shape == (expected, 16, 16, 3)
        assert arrays["frame_counts"] == expected


def test_a_picture_is_a_clip_of_one_frame() -> None:
    arrays = reader_of().read(Item(image=_png(shades(3)[1]))).arrays
    assert arrays is not None
    assert arrays["frames"].shape == (1, 16, 16, 3)
    assert np.all(arrays["frames"] == 127)


def test_sound_alone_shows_nothing() -> None:
    reading = reader_of().read(Item(video=recording(tone(1.0))))
    assert reading.arrays is None
    assert [warning.code for warning in reading.warnings] == ["no_video_track"]
    assert reader_of().read(Item("words")).arrays is None


@pytest.mark.parametrize("content", [b"", b"ftyp", b"\0" * 5000, clip(shades(9))[:200]])
def test_what_is_no_clip_is_refused(content: bytes) -> None:
    with pytest.raises(ValenceError) as caught:
        reader_of().read(Item(video=content))
    assert caught.value.code == "video_undecodable"


def test_large_frames_are_refused() -> None:
    with pytest.raises(ValenceError, match="640 x 640") as caught:
        reader_of().read(Item(video=clip(shades(2, side=640))))
    assert caught.value.code == "video_too_large"


def test_the_face_is_all_that_is_seen() -> None:
    whole, face = (reader_of(faces=faces).read(Item(video=clip([drawn_face()] * 3))) for faces in (False, True))
    assert whole.arrays is not None
    assert face.arrays is not None
    skin = np.array([224, 180, 150])
    shares = [
        (np.abs(reading["frames"].astype(int) - skin).max(axis=3) < 40).mean()
        for reading in (whole.arrays, face.arrays)
    ]
    assert shares[0] < 0.2
    assert shares[1] > 0.4
    assert face.warnings == ()


def test_without_a_face_the_whole_picture_stays_and_of_several_the_largest() -> None:
    none = reader_of(faces=True).read(Item(video=clip(shades(3, side=128))))
    two = np.concatenate([drawn_face(size=50), drawn_face(size=80)], axis=1)
    several = reader_of(faces=True).read(Item(video=clip([two] * 2)))
    assert [warning.code for warning in none.warnings] == ["no_face"]
    assert [warning.code for warning in several.warnings] == ["several_faces"]


def test_a_face_that_was_cut_out_already_is_not_looked_for() -> None:
    reading = reader_of(faces=True).read(Item(image=_png(shades(3, side=48)[1])))
    assert reading.arrays is not None
    assert reading.warnings == ()


def test_shorter_clips_are_padded() -> None:
    rows = [reader_of().read(Item(video=clip(shades(count)))).arrays for count in (2, 4)]
    stacked = reader_of().stack([row for row in rows if row is not None])
    assert stacked["frames"].shape == (2, 4, 16, 16, 3)
    assert stacked["frame_counts"].tolist() == [2, 4]


def test_a_clip_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip(shades(6)))
    arrays = reader_of(frames=3).read(Item(video=path)).arrays
    assert arrays is not None
    assert arrays["frame_counts"] == 3
