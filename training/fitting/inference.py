"""Running a torch model over a feature set."""

import numpy as np
import torch
from numpy.typing import NDArray

from training.fitting.batches import FeatureSet, batches_by_length
from training.fitting.model import MultimodalModel

Logits = dict[str, NDArray[np.float32]]


@torch.inference_mode()
def predict_logits(
    model: MultimodalModel, features: FeatureSet, batch_size: int = 32, keep: tuple[str, ...] | None = None
) -> Logits:
    """Return each head's logits, float32 [examples, labels], in the examples' order.

    Only the modalities in `keep` are used; by default all that an example has.
    """
    device = next(model.parameters()).device
    mask = torch.tensor([keep is None or name in keep for name in model.encoders])
    model.eval()
    rows: list[int] = []
    parts: list[dict[str, torch.Tensor]] = []
    for batch_rows in batches_by_length(features.lengths, batch_size):
        parts.append(model(features.batch(batch_rows).keeping(mask).to(device)))
        rows.extend(batch_rows)
    order = np.argsort(rows)
    return {head: torch.cat([part[head] for part in parts]).float().cpu().numpy()[order] for head in parts[0]}
