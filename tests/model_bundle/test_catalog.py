import shutil
from pathlib import Path

import pytest

from model_bundle import BundleError, Item
from model_bundle.catalog import Catalog
from model_bundle.errors import UnknownModelError


def test_a_predictor_is_opened_once(models_folder: Path) -> None:
    catalog = Catalog(models_folder)
    assert catalog.predictor("reviews") is catalog.predictor("reviews")
    assert catalog.predictor("reviews").predict(Item(text="good")).model == "reviews"


def test_an_unknown_model_is_told_which_there_are(models_folder: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"'poems'.*reviews"):
        Catalog(models_folder).predictor("poems")


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="python -m model_export"):
        Catalog(tmp_path)


def test_a_folder_of_another_name_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_bundle, tmp_path / "films")
    with pytest.raises(BundleError, match="rename the folder"):
        Catalog(tmp_path)


def test_a_warm_catalog_has_every_graph_open(models_folder: Path) -> None:
    catalog = Catalog(models_folder)
    catalog.warm_up()
    predictor = catalog.predictor("reviews")
    graphs = [encoder.graph for encoder in predictor._encoders.values()]
    assert all(graph.is_open for graph in [*graphs, predictor._fusion.graph])
