"""What training, export and serving agree on: the bundle, and the predictor that runs one.

Only numpy, tokenizers, onnxruntime and pydantic are imported here, and Pillow when the first image comes, so this
package costs the Lambda what it needs and no more.

    from model_bundle import Item, Predictor

    predictor = Predictor.open(Path("models/reviews"))
    predictor.predict(Item(text="A quiet, perfect film.", genres=("Drama",), year=1994))
"""

import os

# Before onnxruntime is imported: from its first session on it would look for its makers' servers, and keep an id of
# this machine in the home folder.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from model_bundle.errors import (
    BundleError,
    ImageTooLargeError,
    ImageUndecodableError,
    NothingToPredictError,
    ValenceError,
)
from model_bundle.item import Item, Turn
from model_bundle.prediction import Explanation, HeadPrediction, Prediction, PredictionWarning, Span
from model_bundle.predictor import Predictor
from model_bundle.spec import BundleSpec

__all__ = [
    "BundleError",
    "BundleSpec",
    "Explanation",
    "HeadPrediction",
    "ImageTooLargeError",
    "ImageUndecodableError",
    "Item",
    "NothingToPredictError",
    "Prediction",
    "PredictionWarning",
    "Predictor",
    "Span",
    "Turn",
    "ValenceError",
]
