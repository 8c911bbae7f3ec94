"""What can go wrong in training, told so that the reader knows what to do."""

from pydantic import ValidationError

from model_bundle.errors import ValenceError


class DatasetError(ValenceError):
    """A data set is missing, incomplete or damaged."""

    code = "dataset_invalid"


class RecipeError(ValenceError):
    """A recipe can't be read, or asks for something that doesn't exist."""

    code = "recipe_invalid"


class CheckpointError(ValenceError):
    """A checkpoint is missing, damaged or of another model."""

    code = "checkpoint_invalid"


class OutputError(ValenceError):
    """A command can't write where it was told to, or would lose what lies there."""

    code = "output_invalid"


class BehaviourError(ValenceError):
    """The behaviour suite is not sound, or a bundle can't be put through it."""

    code = "behaviour_invalid"


class ServiceError(ValenceError):
    """A service that was started here doesn't run as it should, or refuses what it was asked."""

    code = "service_failed"


def in_one_line(error: Exception) -> str:
    """Return what is wrong, each field of a ValidationError with its path, without line breaks."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
    return " ".join(str(error).split())
