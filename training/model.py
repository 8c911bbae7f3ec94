"""The model: one encoder per modality, one fusion, one or more heads."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from training.batches import Batch
from training.encoders.encoder import Encoder
from training.fusion import ConcatFusion


class MultimodalModel(nn.Module):
    """Runs each encoder on the items that have its modality, and fuses what they say."""

    def __init__(
        self, encoders: Mapping[str, Encoder], fusion: ConcatFusion, dimension: int, dropout: Mapping[str, float]
    ) -> None:
        """Build from encoders by modality; `dropout` is the chance by modality to be left out in training."""
        super().__init__()
        self.by_modality = dict(encoders)
        """The encoders again, under their own type."""
        self.encoders = nn.ModuleDict(encoders)
        self.fusion = fusion
        self.dimension = dimension
        self.chances: Tensor
        self.register_buffer("chances", torch.tensor([dropout.get(name, 0.0) for name in encoders]), persistent=False)

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Return each head's logits, float32 [B, labels]."""
        present = self._drop_modalities(batch.present) if self.training else batch.present
        return self.fusion.paired(self.embed(batch), present)

    def embed(self, batch: Batch) -> Tensor:
        """Return the embeddings, float32 [B, M, D]; those of absent modalities are zeros that fusion never reads."""
        columns = [self._embed_modality(name, batch) for name in self.encoders]
        return torch.stack(columns, dim=1)

    def _embed_modality(self, name: str, batch: Batch) -> Tensor:
        embeddings = torch.zeros(len(batch.present), self.dimension, device=batch.present.device)
        if name not in batch.inputs:
            return embeddings
        encoded = self.encoders[name](**batch.inputs[name])
        return embeddings.to(encoded.dtype).index_copy(0, batch.rows[name], encoded)

    def _drop_modalities(self, present: Tensor) -> Tensor:
        kept = present & (torch.rand(present.shape, device=present.device) >= self.chances)
        return torch.where(kept.any(dim=1, keepdim=True), kept, present)
