"""Decoding the audio and video that was gathered, once for all of a model's readers."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from lambda_fn.media.buffer import SpooledFile
from lambda_fn.media.gatherer import Content, FoundMedia, GatheredMedia
from lambda_fn.settings import Settings
from model_bundle.decoding.clip import ClipRequest, decode_clip
from model_bundle.decoding.file_type import MediaKind
from model_bundle.errors import ValenceError
from model_bundle.spec import ModalitySpec
from model_bundle.timeline import WINDOW_SECONDS


def decode_clips(gathered: GatheredMedia, modalities: Sequence[ModalitySpec], settings: Settings) -> GatheredMedia:
    """Return the media with each SpooledFile decoded, or the ValenceError that says why that is impossible.

    Audio beside a video replaces the video's own sound, which is then not decoded.
    """
    started = perf_counter()
    found = [_decoded(media, modalities, settings) for media in gathered.found]
    return replace(gathered, found=found, decode_ms=(perf_counter() - started) * 1000)


def _decoded(media: FoundMedia, modalities: Sequence[ModalitySpec], settings: Settings) -> FoundMedia:
    decoded: FoundMedia = {}
    for kind, content in media.items():
        if not isinstance(content, SpooledFile):
            decoded[kind] = content
            continue
        request = _request(kind, modalities, settings, has_audio="audio" in media)
        if request.sample_rate or request.frames:
            decoded[kind] = _outcome(content, request)
    return decoded


def _request(kind: MediaKind, modalities: Sequence[ModalitySpec], settings: Settings, has_audio: bool) -> ClipRequest:
    needs = [modality.clip_needs() for modality in modalities]
    replaced = kind == "video" and has_audio
    return ClipRequest(
        kind="audio" if kind == "audio" else "video",
        sample_rate=0 if replaced else max(need.sample_rate for need in needs),
        min_audio_seconds=max(need.min_audio_seconds for need in needs),
        frames=max(need.frames for need in needs),
        window_seconds=WINDOW_SECONDS,
        max_seconds=settings.max_clip_seconds,
    )


def _outcome(file: SpooledFile, request: ClipRequest) -> Content:
    try:
        return decode_clip(file.source(), request)
    except ValenceError as error:
        return error
    finally:
        file.close()
