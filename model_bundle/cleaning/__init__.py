"""Text as people write it, made readable for a tokenizer."""

from model_bundle.cleaning.cleaner import TextCleaner
from model_bundle.cleaning.pictographs import Pictographs

__all__ = ["Pictographs", "TextCleaner"]
