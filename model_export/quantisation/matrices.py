"""Matrix products in int8, scaled block by block.

Weights are stored in int8, and activations are quantised when they come, each block of each token on its own. The
usual dynamic quantisation has one scale for a whole batch, so an item's answer would depend on its company.
"""

from pathlib import Path
from typing import Final

import onnx

from model_export.quantisation.root_logger import root_logger_kept

with root_logger_kept():  # the import sets it to INFO, at which the exporter's libraries tell of every node
    from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

BLOCK: Final = 32
"""Numbers that share a scale. With 128, onnxruntime rounds a lone token and one in a batch differently."""
INT8_ACTIVATIONS: Final = 4
"""onnxruntime's `accuracy_level` that multiplies int8 by int8."""


def quantise_matrices(path: Path) -> None:
    """Put the products with constant matrices of the graph at `path` into int8, in place."""
    configuration = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK, is_symmetric=True, accuracy_level=INT8_ACTIVATIONS, bits=8
    )
    quantiser = MatMulNBitsQuantizer(onnx.load(str(path)), algo_config=configuration)
    quantiser.process()
    onnx.save(quantiser.model.model, str(path))
