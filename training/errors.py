"""What can go wrong in training, told so that the reader knows what to do."""

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
