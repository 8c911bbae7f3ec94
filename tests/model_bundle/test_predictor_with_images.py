import numpy as np
import pytest

from model_bundle import ImageTooLargeError, ImageUndecodableError, Item, Prediction, Predictor
from tests.pictures import BLUE, RED, encoded, halves, noise, plain
from tests.tiny_bundle import MOST_PIXELS

RED_POST = Item(text="a film", image=encoded(plain(RED), "PNG"))
BLUE_POST = Item(text="a film", image=encoded(plain(BLUE), "JPEG"))
BAD_POST = Item(text="a film", image=b"no picture")
HUGE_POST = Item(image=encoded(plain(RED, 2000, MOST_PIXELS // 2000 + 1), "PNG"))


def positive(answer: object) -> float:
    assert isinstance(answer, Prediction)
    return answer.heads["sentiment"].scores["positive"]


def test_a_picture_decides(post_predictor: Predictor) -> None:
    assert post_predictor.predict(RED_POST).heads["sentiment"].label == "positive"
    assert post_predictor.predict(BLUE_POST).heads["sentiment"].label == "negative"


def test_a_picture_alone_is_enough(post_predictor: Predictor) -> None:
    answer = post_predictor.predict(Item(image=RED_POST.image))
    assert answer.modalities == {"text": False, "image": True}
    assert list(answer.encode_ms) == ["image"]


def test_a_bad_picture_is_an_error_though_there_is_text(post_predictor: Predictor) -> None:
    with pytest.raises(ImageUndecodableError):
        post_predictor.predict(BAD_POST)
    with pytest.raises(ImageTooLargeError):
        post_predictor.predict(HUGE_POST)


def test_a_bad_picture_spoils_no_other_answer(post_predictor: Predictor) -> None:
    answers = post_predictor.predict_batch([RED_POST, BAD_POST, BLUE_POST, HUGE_POST, Item()])
    codes = [getattr(answer, "code", None) for answer in answers]
    assert codes == [None, "image_undecodable", None, "image_too_large", "nothing_to_predict"]
    assert positive(answers[2]) == pytest.approx(positive(post_predictor.predict(BLUE_POST)))


def test_raw_logits_of_a_bad_picture_are_refused(post_predictor: Predictor) -> None:
    with pytest.raises(ImageUndecodableError):
        post_predictor.logits([RED_POST, BAD_POST])


def test_an_answer_does_not_depend_on_its_company(post_predictor: Predictor) -> None:
    pictures = [encoded(noise(20 + seed, 90, seed), "JPEG") for seed in range(20)] + [encoded(halves(), "GIF"), None]
    items = [Item(text="good " * (row % 3), image=picture) for row, picture in enumerate(pictures)]
    items[-1] = Item(text="awful")
    together = [positive(answer) for answer in post_predictor.predict_batch(items)]
    assert together == pytest.approx([positive(post_predictor.predict(item)) for item in items], abs=1e-5)
    assert np.ptp(together) > 0.1


def test_decoding_is_timed_apart_and_only_where_there_is_a_picture(post_predictor: Predictor) -> None:
    assert list(post_predictor.predict(RED_POST).timing_ms) == ["read", "decode", "encode", "fuse"]
    assert list(post_predictor.predict(Item(text="good")).timing_ms) == ["read", "encode", "fuse"]
