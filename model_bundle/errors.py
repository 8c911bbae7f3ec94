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
