"""Domain errors. Each has a stable `code`; how a code becomes an HTTP status is the service's business."""

from typing import ClassVar


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
    """The bytes are no picture of a kind that is read, or a damaged one."""

    code = "image_undecodable"


class ImageTooLargeError(ValenceError):
    """The picture has more pixels than are decoded."""

    code = "image_too_large"
