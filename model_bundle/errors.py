"""Domain errors. Each has a stable `code`; how a code becomes an HTTP status is the service's business."""

from typing import ClassVar, Final


class ValenceError(Exception):
    """Base of every error that a caller of Valence may see and act on."""

    code: ClassVar[str] = "internal_error"


class BundleError(ValenceError):
    """A bundle is missing, damaged, or does not match its own description."""

    code = "bundle_invalid"


class NothingToPredictError(ValenceError):
    """An item has nothing in it that the model reads."""

    code = "nothing_to_predict"


class UnknownModelError(ValenceError):
    """The request names a model that is not in the catalog."""

    code = "unknown_model"


class ImageUndecodableError(ValenceError):
    """The bytes are not an image of a format that is decoded, or a damaged one."""

    code = "image_undecodable"


class ImageTooLargeError(ValenceError):
    """The image has more pixels than are decoded."""

    code = "image_too_large"


class AudioUndecodableError(ValenceError):
    """The bytes hold no sound that can be read."""

    code = "audio_undecodable"


class AudioTooShortError(ValenceError):
    """The sound is too short to hear anything in it."""

    code = "audio_too_short"


class VideoUndecodableError(ValenceError):
    """The bytes hold no video that can be read."""

    code = "video_undecodable"


class VideoTooLargeError(ValenceError):
    """The video has more pixels a frame than are decoded."""

    code = "video_too_large"


class MediaTooLongError(ValenceError):
    """The audio or video plays for longer than is decoded."""

    code = "media_too_long"


class MediaTooComplexError(ValenceError):
    """Decoding the audio or video takes more time, memory, tracks or frames than it may."""

    code = "media_too_complex"


DECODING_ERRORS: Final[tuple[type[ValenceError], ...]] = (
    ImageUndecodableError,
    ImageTooLargeError,
    AudioUndecodableError,
    AudioTooShortError,
    VideoUndecodableError,
    VideoTooLargeError,
    MediaTooLongError,
    MediaTooComplexError,
)
"""What can be wrong with an image, audio or video once its bytes are there."""
