"""The one training loop, for every model."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from training.errors import CheckpointError
from training.fitting.assembly import build_model
from training.fitting.batches import Batch, FeatureSet, shuffled_batches
from training.fitting.checkpoint import ModelDescription, load_checkpoint, save_checkpoint
from training.fitting.history import Epoch, Progress
from training.fitting.inference import predict_logits
from training.fitting.interruption import Interruption, TrainingInterruptedError
from training.fitting.loss import class_weights, divergence, multi_view_loss
from training.fitting.model import MultimodalModel
from training.fitting.optimisation import (
    Schedule,
    build_optimiser,
    class_balance,
    freeze_parts,
    unimodal_weights,
)
from training.fitting.random_state import random_state, restore_random_state
from training.fitting.validation import validation_figures, validation_score
from training.precision import bfloat16_obstacle
from training.recipe import differences, is_harmless

LAST, BEST = "last.pt", "best.pt"
STEPS_PER_CHECKPOINT = 200


class Trainer:
    """Fits a model, and can stop and go on at any step with the same result.

    Writes into `folder`: `last.pt` (to resume), `best.pt` (the best epoch's weights) and `tensorboard/`.
    """

    def __init__(
        self,
        model: MultimodalModel,
        description: ModelDescription,
        train: FeatureSet,
        validation: FeatureSet,
        folder: Path,
        device: torch.device,
    ) -> None:
        self.model = model.to(device)
        self.description = description
        self.train = train
        self.validation = validation
        self.folder = folder
        self.device = device
        self.progress = Progress()
        self._recipe = description.recipe.optimisation
        freeze_parts(model, self._recipe.freeze)
        self._optimiser = build_optimiser(model, self._recipe)
        self._schedule = Schedule(self._optimiser, self._recipe, self._recipe.epochs * len(self._batches(0)))
        self._class_weights = self._weigh_classes()
        self._average = self._averaged()
        self._is_mixed = self._wants_bfloat16 and self._has_bfloat16()

    def resume(self) -> None:
        """Go on from `last.pt`; CheckpointError if there is none, or it is of another recipe or other data."""
        description, state = load_checkpoint(self.folder / LAST)
        self._check_sameness(description)
        self.model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        if self._average is not None:
            self._average.load_state_dict(state["average"])
        self.progress = Progress(**state["progress"])
        restore_random_state(state["random"])

    def _check_sameness(self, earlier: ModelDescription) -> None:
        changed = [name for name in differences(earlier.recipe, self.description.recipe) if not is_harmless(name)]
        if earlier.fingerprint != self.description.fingerprint:
            changed.append("the examples")
        if changed:
            raise CheckpointError(
                f"{self.folder / LAST} belongs to another recipe or other data: {', '.join(changed)} differ. "
                "Set them back, choose another --output, or replace the run with --overwrite."
            )

    def fit(self) -> MultimodalModel:
        """Train to the end and return the best epoch's model; TrainingInterruptedError on Ctrl-C or SIGTERM."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with Interruption() as interruption, SummaryWriter(str(self.folder / "tensorboard")) as board:
            while not self._is_over:
                self._train_epoch(interruption)
                self._close_epoch(board)
        return self._best_model()

    def _train_epoch(self, interruption: Interruption) -> None:
        batches = self._batches(self.progress.epoch)
        for encoder in self.model.by_modality.values():
            encoder.let_learn(published=self.progress.epoch >= self._recipe.head_epochs)
        description = f"epoch {self.progress.epoch + 1}/{self._recipe.epochs}"
        with tqdm(total=len(batches), initial=self.progress.step, desc=description, unit="batch", leave=False) as bar:
            for rows in batches[self.progress.step :]:
                self._train_step(self.train.batch(rows).to(self.device))
                bar.set_postfix(loss=f"{self.progress.loss_sum / self.progress.step:.4f}")
                bar.update()
                if self.progress.step % STEPS_PER_CHECKPOINT == 0:
                    self._save(LAST)
                if interruption.requested:
                    self._save(LAST)
                    raise TrainingInterruptedError(f"Stopped; `--resume` goes on from {self.folder / LAST}.")

    def _train_step(self, batch: Batch) -> None:
        self.model.train()
        freeze_parts(self.model, self._recipe.freeze)
        self._optimiser.zero_grad()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._is_mixed):
            loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), self._recipe.gradient_clip)
        self._optimiser.step()
        self._schedule.after_step()
        if self._average is not None:
            self._average.update_parameters(self.model)
        self.progress.step += 1
        self.progress.loss_sum += loss.item()

    def _loss(self, batch: Batch) -> Tensor:
        loss, views = self._views_loss(batch)
        if not self._recipe.consistency:
            return loss
        other_loss, others = self._views_loss(batch)
        return (loss + other_loss) / 2 + self._recipe.consistency * divergence(views, others)

    def _views_loss(self, batch: Batch) -> tuple[Tensor, Mapping[str, Tensor]]:
        unimodal = unimodal_weights(self._recipe, self.model.by_modality)
        views = self.model.views(batch, unimodal=any(unimodal))
        smoothing = self._recipe.label_smoothing
        loss = multi_view_loss(views, batch.shares, batch.present, unimodal, self._class_weights, smoothing)
        return loss, views

    def _close_epoch(self, board: SummaryWriter) -> None:
        figures = self._validate()
        score = validation_score(figures, self._recipe.monitor)
        self._schedule.after_epoch(score)
        for name, value in figures.items():
            board.add_scalar(name, value, self.progress.epoch + 1)
        if self.progress.epoch == self._recipe.head_epochs:
            # A model whose published networks have rested so far is not finished, however good it looks.
            self.progress.best_score = None
        if self.progress.record(figures, score):
            self._save(BEST)
        self._save(LAST)
        tqdm.write(
            f"epoch {self.progress.epoch}: " + ", ".join(f"{k} {v:.4f}" for k, v in figures.items() if k != "epoch")
        )

    def _validate(self) -> Epoch:
        train_figures = {
            "epoch": self.progress.epoch + 1.0,
            "train_loss": self.progress.loss_sum / max(1, self.progress.step),
            "learning_rate": self._optimiser.param_groups[0]["lr"],
        }
        return train_figures | validation_figures(predict_logits(self._judged, self.validation), self.validation)

    def _averaged(self) -> AveragedModel | None:
        decay = self._recipe.weight_average
        if not decay:
            return None
        average = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        return AveragedModel(self.model, multi_avg_fn=average, use_buffers=True)

    @property
    def _judged(self) -> MultimodalModel:
        """The model, or the running mean of its weights once there is one."""
        if self._average is None or not int(self._average.n_averaged):
            return self.model
        averaged = self._average.module
        assert isinstance(averaged, MultimodalModel)
        return averaged

    @property
    def _is_over(self) -> bool:
        return self.progress.is_over(self._recipe.epochs, self._recipe.patience, self._recipe.head_epochs)

    @property
    def _wants_bfloat16(self) -> bool:
        recipe = self._recipe
        return recipe.mixed_precision_on_cpu if self.device.type == "cpu" else recipe.mixed_precision

    def _has_bfloat16(self) -> bool:
        batch = self.train.batch(self._batches(0)[0]).to(self.device)
        obstacle = bfloat16_obstacle(self.model, lambda: self._loss(batch), self.device)
        if obstacle is not None:
            tqdm.write(f"Training in float32: this machine can't train the model in bfloat16 ({obstacle}).")
        return obstacle is None

    def _batches(self, epoch: int) -> list[list[int]]:
        # Every epoch has its own order, known from its number alone: resuming needs to remember no more.
        seed = self.description.recipe.seed * 10_000 + epoch
        return shuffled_batches(self.train.lengths, self._recipe.batch_size, seed)

    def _weigh_classes(self) -> dict[str, Tensor]:
        balance = class_balance(self._recipe)
        if not balance:
            return {}
        return {
            head: class_weights(self.train.targets[head], len(labels), balance).to(self.device)
            for head, labels in self.description.labels.items()
        }

    def _save(self, name: str) -> None:
        state = {"model": (self._judged if name == BEST else self.model).state_dict()}
        if name == LAST:
            state |= {
                "average": self._average.state_dict() if self._average is not None else {},
                "optimiser": self._optimiser.state_dict(),
                "schedule": self._schedule.state_dict(),
                "progress": self.progress.state_dict(),
                "random": random_state(),
            }
        save_checkpoint(self.folder / name, self.description, state)

    def _best_model(self) -> MultimodalModel:
        _, state = load_checkpoint(self.folder / BEST)
        model = build_model(self.description)
        model.load_state_dict(state["model"])
        self.model = model.to(self.device).eval()
        return self.model
