"""The model: one encoder per modality, one fusion, one or more heads."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from training.encoders.encoder import Encoder
from training.fitting.batches import Batch
from training.fusion import Fusion


class MultimodalModel(nn.Module):
    """Runs each encoder on the items that have its modality, and fuses what they say."""

    def __init__(
        self, encoders: Mapping[str, Encoder], fusion: Fusion, dimension: int, dropout: Mapping[str, float]
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
        return {head: logits[0] for head, logits in self.views(batch, unimodal=False).items()}

    def views(self, batch: Batch, unimodal: bool) -> dict[str, Tensor]:
        """Return each head's logits, float32 [V, B, labels].

        The first view has all modalities of each item; with `unimodal`, another view by modality has it alone.
        """
        present = self._drop_modalities(batch.present) if self.training else batch.present
        alone = [present.new_zeros(present.shape).index_fill(1, column, True) for column in self._columns(present)]
        views = torch.stack([present, *alone] if unimodal else [present])
        # All views are one batch: batch normalisation then sees in training what it will see later.
        embeddings = self.embed(batch).repeat(len(views), 1, 1)
        logits = self.fusion.paired(embeddings, views.flatten(0, 1))
        return {head: values.reshape(len(views), -1, values.shape[1]) for head, values in logits.items()}

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

    def _columns(self, present: Tensor) -> Tensor:
        return torch.arange(present.shape[1], device=present.device)

    def _drop_modalities(self, present: Tensor) -> Tensor:
        kept = present & (torch.rand(present.shape, device=present.device) >= self.chances)
        return torch.where(kept.any(dim=1, keepdim=True), kept, present)
