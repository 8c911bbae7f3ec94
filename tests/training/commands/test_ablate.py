import json
from pathlib import Path

import pytest

from tests.training.tiny import tiny_arguments
from training.__main__ import main
from training.commands.ablate import AS_IS

VARIATION = "encoders.text.tokenizer.remove_stop_words=true"


@pytest.mark.slow
def test_the_command_compares_a_recipe_with_its_variation(
    data_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["ablate", "reviews", "--data-root", str(data_root), "--folds", "2", "--device", "cpu"]
    arguments = ["--vary", VARIATION, "--output", str(tmp_path), *tiny_arguments("optimisation.epochs=2")]
    assert main([*command, *arguments]) == 0
    results = json.loads((tmp_path / "ablation.json").read_text(encoding="utf-8"))
    assert list(results) == [AS_IS, VARIATION]
    assert [result["n"] for result in results.values()] == [120, 120]
    assert results[AS_IS]["modalities"] != results[VARIATION]["modalities"]
    assert results[AS_IS]["modalities"].keys() == {"text", "metadata", "text+metadata"}
    page = (tmp_path / "ablation.md").read_text(encoding="utf-8")
    assert page.startswith(f"## {AS_IS}\n\n| modalities |")
    assert f"\n## {VARIATION}\n" in page
    assert "| slice | head | n | text | metadata | text+metadata |" in page
    assert "| metadata unknown | sentiment |" in page
    assert page in capsys.readouterr().out
    assert (tmp_path / "sentiment_by_length.png").stat().st_size > 5000
