"""Data sets, each read in the layout of its public download."""

from training.datasets.description import DatasetDescription
from training.datasets.example import Example
from training.datasets.registry import DATASETS, load_dataset
from training.datasets.table_recipe import TableRecipe

__all__ = ["DATASETS", "DatasetDescription", "Example", "TableRecipe", "load_dataset"]
