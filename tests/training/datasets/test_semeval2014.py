from pathlib import Path

import pytest

from training.datasets import load_dataset
from training.errors import DatasetError

TABLE = """<?xml version="1.0"?><sentences>
<sentence id="1"><text>The lid fits &amp; closes.</text><aspectTerms><aspectTerm term="lid" polarity="positive"/>
<aspectTerm term="fit" polarity="positive"/></aspectTerms></sentence>
<sentence id="2"><text>The lid fits, the box leaks.</text><aspectTerms><aspectTerm term="lid" polarity="positive"/>
<aspectTerm term="box" polarity="negative"/></aspectTerms></sentence>
<sentence id="3"><text>Neither here nor there.</text><aspectCategories>
<aspectCategory category="x" polarity="conflict"/></aspectCategories></sentence>
<sentence id="4"><text>A box.</text></sentence>
<sentence id="5"><text>The box leaks.</text><aspectCategories>
<aspectCategory category="x" polarity="negative"/></aspectCategories></sentence></sentences>"""


def write(root: Path, content: str, name: str = "Laptops_Train_v2.xml") -> None:
    (root / "semeval2014").mkdir(exist_ok=True)
    (root / "semeval2014" / name).write_text(content, encoding="utf-8")


def test_only_sentences_whose_aspects_agree_are_read(tmp_path: Path) -> None:
    write(tmp_path, TABLE)
    write(tmp_path, TABLE, "Restaurants_Train_v2.xml")
    examples = load_dataset("semeval2014", tmp_path, "train")
    assert [(example.identifier, example.labels["sentiment"]) for example in examples] == [
        ("laptops/1", "positive"),
        ("laptops/5", "negative"),
        ("restaurants/1", "positive"),
        ("restaurants/5", "negative"),
    ]
    assert examples[0].item.text == "The lid fits & closes."
    assert examples[0].group == examples[2].group


@pytest.mark.parametrize("content", ["<sentences>", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_a_damaged_or_dangerous_file_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path, content)
    with pytest.raises(DatasetError, match=r"Laptops_Train_v2\.xml is"):
        load_dataset("semeval2014", tmp_path, "train")


def test_a_folder_without_the_files_says_what_to_place_there(tmp_path: Path) -> None:
    (tmp_path / "semeval2014").mkdir()
    with pytest.raises(DatasetError, match=r"has no Laptops_Train_v2\.xml"):
        load_dataset("semeval2014", tmp_path, "train")
