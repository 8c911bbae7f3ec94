"""Convolutions in int8, with scales fixed beforehand (static quantisation).

Scales that were measured on examples don't depend on the item at hand, so its company can't matter. Dynamic
quantisation of convolutions would also be several times slower than float32.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from model_bundle.readers.reader import Arrays
from model_export.quantisation.root_logger import root_logger_kept

CALIBRATION_EXAMPLES: Final = 200
OPERATORS: Final = ["Conv", "Add", "Clip", "Relu"]


def quantise_convolutions(path: Path, examples: Sequence[Arrays]) -> None:
    """Put the convolutions of the graph at `path` into int8, in place, with the ranges that `examples` show."""
    with root_logger_kept():
        prepared = path.with_suffix(".prepared.onnx")
        # Merges the batch normalisations into the convolutions first.
        quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(path),
            _Examples(examples[:CALIBRATION_EXAMPLES]),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=OPERATORS,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            # The mean of each example's range: one odd image doesn't widen it for all.
            extra_options={"CalibMovingAverage": True},
        )
        prepared.unlink()


class _Examples(CalibrationDataReader):  # type: ignore[misc]
    """Hands the examples out one by one, at the shape that is served."""

    def __init__(self, examples: Sequence[Arrays]) -> None:
        self._rest: Iterator[Arrays] = iter(examples)

    def get_next(self) -> dict[str, NDArray[Any]] | None:
        """Return the next example as a batch of one."""
        example = next(self._rest, None)
        return None if example is None else {name: np.asarray(values)[None] for name, values in example.items()}
