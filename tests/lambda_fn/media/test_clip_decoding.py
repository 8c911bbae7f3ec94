from typing import Literal

from lambda_fn.media.buffer import SpooledFile
from lambda_fn.media.clip_decoding import decode_clips
from lambda_fn.media.gatherer import FoundMedia, GatheredMedia
from lambda_fn.settings import read_settings
from model_bundle.decoding.clip import DecodedClip
from model_bundle.errors import AudioTooShortError, MediaTooLongError, VideoUndecodableError
from model_bundle.spec import ClipNeeds, GraphSpec, ModalitySpec
from tests.clips import audio, video

GRAPH = GraphSpec(file="graph.onnx", inputs=(), outputs=())


class Hearing(ModalitySpec):
    kind: Literal["audio"] = "audio"

    def clip_needs(self) -> ClipNeeds:
        return ClipNeeds(sample_rate=8_000, min_audio_seconds=0.25)


class Seeing(ModalitySpec):
    kind: Literal["video"] = "video"

    def clip_needs(self) -> ClipNeeds:
        return ClipNeeds(frames=5)


BOTH = (Hearing(graph=GRAPH), Seeing(graph=GRAPH))


def _file(content: bytes) -> SpooledFile:
    file = SpooledFile()
    file.write(content)
    return file


def _decoded(found: FoundMedia, *modalities: ModalitySpec, **settings: object) -> FoundMedia:
    [decoded] = decode_clips(GatheredMedia([found], 1.0), modalities, read_settings(**settings)).found
    return decoded


def test_a_video_is_decoded_once_for_all_readers() -> None:
    gathered = decode_clips(GatheredMedia([{"video": _file(video(seconds=2))}, {}], 1.0), BOTH, read_settings())
    clip = gathered.found[0]["video"]
    assert isinstance(clip, DecodedClip)
    assert clip.waveform is not None
    assert (len(clip.frames), clip.sample_rate) == (5, 8_000)
    assert abs(len(clip.waveform) / 8_000 - 2) < 0.1
    assert gathered.decode_ms is not None
    assert gathered.decode_ms > 0
    assert (gathered.found[1], gathered.fetch_ms) == ({}, 1.0)


def test_only_what_the_model_reads_is_decoded() -> None:
    heard = _decoded({"video": _file(video())}, Hearing(graph=GRAPH))["video"]
    seen = _decoded({"video": _file(video())}, Seeing(graph=GRAPH))["video"]
    assert isinstance(heard, DecodedClip)
    assert isinstance(seen, DecodedClip)
    assert (len(heard.frames), heard.waveform is None) == (0, False)
    assert (len(seen.frames), seen.waveform is None) == (5, True)


def test_audio_replaces_the_sound_of_a_video_beside_it() -> None:
    found = _decoded({"audio": _file(audio()), "video": _file(video())}, *BOTH)
    sound, pictures = found["audio"], found["video"]
    assert isinstance(sound, DecodedClip)
    assert isinstance(pictures, DecodedClip)
    assert sound.waveform is not None
    assert sound.waveform.shape == (8_000,)
    assert (pictures.waveform, len(pictures.frames)) == (None, 5)
    assert _decoded({"audio": _file(audio()), "video": _file(video())}, Hearing(graph=GRAPH)).keys() == {"audio"}


def test_what_can_not_be_decoded_is_an_error_in_its_place() -> None:
    broken, short, long = decode_clips(
        GatheredMedia(
            [
                {"image": b"image", "video": _file(video()[:900])},
                {"audio": _file(audio(seconds=0.1)), "video": _file(video())},
                {"audio": _file(audio(seconds=3))},
            ],
            None,
        ),
        BOTH,
        read_settings(max_clip_seconds=2),
    ).found
    assert (broken["image"], type(broken["video"])) == (b"image", VideoUndecodableError)
    assert (type(short["audio"]), type(short["video"])) == (AudioTooShortError, DecodedClip)
    assert isinstance(long["audio"], MediaTooLongError)


def test_nothing_is_left_of_the_files() -> None:
    files = [_file(b"\0" * 2_000_000), _file(audio(seconds=61, rate=8_000)), _file(audio())]
    decode_clips(GatheredMedia([{"audio": file} for file in files], None), BOTH, read_settings())
    assert not any(file.close.alive for file in files)
