"""The LSTM encoder in a form that exports.

torch's exporter can't trace a packed sequence, and a padded one would let the backward direction read the padding.
ONNX has the right operator, LSTM with `sequence_lens`. A custom torch operator stands for it while tracing, and
is translated to it: torch never runs it.
"""

from collections.abc import Callable
from typing import Any

import torch
from onnxscript import opset20 as op
from torch import Tensor, nn

from training.encoders.lstm import LstmEncoder

INT32 = 6
"""onnx.TensorProto.INT32, the type of `sequence_lens`."""


@torch.library.custom_op("valence::bidirectional_lstm", mutates_args=())
def bidirectional_lstm(
    steps: Tensor, step_counts: Tensor, weight: Tensor, recurrence: Tensor, bias: Tensor, hidden: int
) -> Tensor:
    """Stand for ONNX's LSTM: `steps` float32 [B, steps, channels] to float32 [B, steps, 2 * hidden]."""
    raise RuntimeError("This operator only exists while a graph is traced.")


@bidirectional_lstm.register_fake
def _shape(
    steps: Tensor,
    step_counts: Tensor,
    weight: Tensor,
    recurrence: Tensor,
    bias: Tensor,
    hidden: int,
) -> Tensor:
    return steps.new_empty(*steps.shape[:2], 2 * hidden)


def _translate(steps: Any, step_counts: Any, weight: Any, recurrence: Any, bias: Any, hidden: int) -> Any:
    counts: Any
    size: Any = op.Constant(value_ints=[0, 0, 2 * hidden])
    counts = op.Cast(step_counts, to=INT32)
    by_step = op.Transpose(steps, perm=[1, 0, 2])
    states, _, _ = op.LSTM(by_step, weight, recurrence, bias, counts, hidden_size=hidden, direction="bidirectional")
    by_item = op.Transpose(states, perm=[2, 0, 1, 3])  # from [steps, directions, B, hidden]
    return op.Reshape(by_item, size)


TRANSLATIONS: dict[Callable[..., Any], Callable[..., Any]] = {torch.ops.valence.bidirectional_lstm.default: _translate}


class ExportableLstm(nn.Module):
    """An LstmEncoder whose LSTM is the operator above; it can be traced, not run."""

    def __init__(self, encoder: LstmEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.ngrams = encoder.ngrams.folded() if encoder.ngrams is not None else None
        self.weight: Tensor
        self.recurrence: Tensor
        self.bias: Tensor
        self.register_buffer("weight", _both(encoder.lstm, "weight_ih_l0"))
        self.register_buffer("recurrence", _both(encoder.lstm, "weight_hh_l0"))
        biases = [_both(encoder.lstm, "bias_ih_l0"), _both(encoder.lstm, "bias_hh_l0")]
        self.register_buffer("bias", torch.cat(biases, dim=1))

    def forward(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        """Trace what `LstmEncoder.forward` does."""
        embedding = self._sequence(token_ids, token_counts)
        if self.ngrams is None:
            return embedding
        return self.encoder.with_ngrams(embedding, self.ngrams(token_ids, token_counts))

    def _sequence(self, token_ids: Tensor, token_counts: Tensor) -> Tensor:
        steps, step_counts = self.encoder.phrases(token_ids, token_counts)
        states = bidirectional_lstm(
            steps, step_counts, self.weight, self.recurrence, self.bias, self.encoder.lstm.hidden_size
        )
        return self.encoder.pool(steps, states, step_counts)


def _both(lstm: nn.LSTM, name: str) -> Tensor:
    """Stack a parameter's two directions, with its gates in ONNX's order."""
    return torch.stack([_onnx_gates(getattr(lstm, name)), _onnx_gates(getattr(lstm, f"{name}_reverse"))]).detach()


def _onnx_gates(parameter: Tensor) -> Tensor:
    input_gate, forget_gate, cell, output_gate = parameter.chunk(4)  # torch's order; ONNX's is i, o, f, c
    return torch.cat([input_gate, output_gate, forget_gate, cell])
