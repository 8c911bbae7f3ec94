from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_bundle import Item, NothingToPredictError, Prediction, Predictor
from model_bundle.decoding.clip import ClipRequest, decode_clip
from model_bundle.errors import AudioUndecodableError
from model_bundle.prediction import PredictionWarning
from model_bundle.timeline import WINDOW_SECONDS
from tests.clips import audio, video
from tests.drawn_clips import clip, shades, tone
from tests.tiny_bundle import CLIP, write_tiny_bundle


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor.open(write_tiny_bundle(tmp_path_factory.mktemp("models"), "clips", CLIP))


def codes(prediction: Prediction) -> list[str]:
    return [warning.code for warning in prediction.warnings]


def test_a_clip_is_seen_and_heard(predictor: Predictor) -> None:
    prediction = predictor.predict(Item("good", video=clip(shades(4), tone(1.0))))
    assert prediction.modalities == {"text": True, "audio": True, "video": True}
    assert prediction.heads.keys() == {"emotion", "sentiment"}
    assert codes(prediction) == []


def test_what_a_clip_lacks_is_absent_with_a_warning(predictor: Predictor) -> None:
    contents = (video(sound=None), audio("mp4", "aac"))
    silent, unseen = (predictor.predict(Item(video=content)) for content in contents)
    assert silent.modalities == {"text": False, "audio": False, "video": True}
    assert unseen.modalities == {"text": False, "audio": True, "video": False}
    assert ("no_audio_track" in codes(silent), codes(unseen)) == (True, ["no_video_track"])


def test_a_warning_about_a_clip_that_two_readers_read_is_given_once(predictor: Predictor) -> None:
    decoded = decode_clip(video(), ClipRequest("video"), isolated=False)
    warned = replace(decoded, warnings=(PredictionWarning("media_incomplete", "It is cut off."),))
    assert codes(predictor.predict(Item(video=warned))).count("media_incomplete") == 1


def test_a_file_from_disk_is_read_like_its_content(predictor: Predictor, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(video())
    assert predictor.predict(Item(video=path)).heads == predictor.predict(Item(video=video())).heads


def test_clips_of_different_lengths_do_not_change_each_other(predictor: Predictor) -> None:
    items = [Item(video=video(seconds=seconds)) for seconds in (0.4, 1.0, 2.5)] + [Item("good"), Item(audio=audio())]
    together, alone = predictor.predict_batch(items), [predictor.predict(item) for item in items]
    for one, other in zip(together, alone, strict=True):
        assert isinstance(one, Prediction)
        left, right = (list(of.heads["emotion"].scores.values()) for of in (one, other))
        assert np.allclose(left, right, rtol=0, atol=1e-5)


def test_nothing_that_can_be_read_is_an_error(predictor: Predictor) -> None:
    with pytest.raises(AudioUndecodableError):
        predictor.predict(Item(audio=b"no audio"))
    with pytest.raises(NothingToPredictError, match="text or audio or video"):
        predictor.predict(Item(genres=("Drama",)))


def test_a_long_clip_has_segments(predictor: Predictor) -> None:
    request = ClipRequest("video", frames=4, window_seconds=WINDOW_SECONDS)
    content = video(seconds=22, rate=5)
    long = predictor.predict(Item("good", video=decode_clip(content, request, isolated=False)))
    assert [round(segment.start_seconds + segment.end_seconds) for segment in long.segments] == [7, 22, 37]
    assert all(segment.modalities == {"text": False, "audio": True, "video": True} for segment in long.segments)
    # It brightens: what the parts say differs, and the whole lies between them.
    positive = [segment.heads["sentiment"].scores["positive"] for segment in long.segments]
    assert len(set(positive)) == 3
    assert "segments" in long.timing_ms
    short = predictor.predict(Item(video=decode_clip(video(seconds=2), request, isolated=False)))
    assert (short.segments, "segments" in short.timing_ms) == ((), False)
