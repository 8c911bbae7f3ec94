"""Why an export was refused."""

from model_bundle import ValenceError


class ExportError(ValenceError):
    """A graph does not do what the model does."""

    code = "export_failed"
