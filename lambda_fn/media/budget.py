"""What one request may spend on its pictures in all."""

from dataclasses import dataclass
from typing import Self

from lambda_fn.media.deadline import Deadline
from lambda_fn.media.intake import Allowance
from lambda_fn.settings import Settings


@dataclass(frozen=True, slots=True)
class FetchBudget:
    """Time and bytes. The time runs from when it is made."""

    deadline: Deadline
    allowance: Allowance

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Begin with all that the settings allow."""
        return cls(Deadline(settings.batch_media_timeout_seconds), Allowance(settings.max_batch_media_bytes))
