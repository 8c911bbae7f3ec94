"""Data sets, each read in the layout of its public download."""

from training.datasets.description import DatasetDescription
from training.datasets.example import Example
from training.datasets.registry import DATASETS, load_dataset

__all__ = ["DATASETS", "DatasetDescription", "Example", "load_dataset"]
