"""The least that a Lambda handler can do: onnxruntime, numpy and tokenizers around the same graphs, and no service.

What it leaves out (checks of the files and the request, HTTP, logs, metrics, metadata) is what `cold_start` weighs.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


class BareModel:
    """The text encoder and the fusion of one bundle."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._text = _open(folder / "text.onnx")
        self._fusion = _open(folder / "fusion.onnx")

    def scores(self, text: str) -> list[float]:
        """Return the probability of each label."""
        ids = self._tokenizer.encode(text).ids
        inputs = {"token_ids": np.array([ids], np.int64), "token_counts": np.array([len(ids)], np.int64)}
        vector = self._text.run(None, inputs)[0]
        vectors = np.stack([vector, np.zeros_like(vector)], axis=1)
        logits = self._fusion.run(None, {"embeddings": vectors, "present": np.array([[True, False]])})[0][0, 0]
        weights = np.exp(logits - logits.max())
        scores: list[float] = (weights / weights.sum()).tolist()
        return scores


def _open(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


MODEL = BareModel(Path(os.environ["VALENCE_MODELS"]) / "reviews")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  # Lambda's signature
    """Answer an API Gateway event."""
    return {"statusCode": 200, "body": json.dumps(MODEL.scores(json.loads(event["body"])["text"]))}
