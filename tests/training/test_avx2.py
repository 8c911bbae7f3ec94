"""Trainings whose kernels differ on CPUs with AVX2 but no AVX-512 (docs/decisions/016-narrow-convolutions.md).

oneDNN reads its limit once, when torch is loaded, so each training is a process of its own. On a machine with AVX-512
this is the only test that sees what others see.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.tiny import tiny_posts_arguments

ROOT = Path(__file__).parent.parent.parent

BRIEFLY = ("--set", "optimisation.epochs=1", "--set", "optimisation.head_epochs=0")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["posts_bert_resnet18", "posts_lstm_mobilenetv2"])
def test_a_recipe_trains_with_avx2_alone(name: str, tmp_path: Path) -> None:
    command = ["train", name, "--data-root", "none", "--output", str(tmp_path), "--device", "cpu"]
    finished = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "training", *command, *tiny_posts_arguments(name), *BRIEFLY],
        cwd=ROOT,
        env=os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert (tmp_path / "best.pt").exists()
    assert ("Training in float32" in finished.stdout) == ("lstm" in name)
