from pathlib import Path

import numpy as np
import torch

from training.encoders.log_mel import LogMel, LogMelRecipe

REFERENCE = Path(__file__).parent / "librosa_mel.npy"
"""`librosa.feature.melspectrogram(y=sweep(), sr=16000, n_fft=1024, hop_length=512, n_mels=64)` of librosa 0.11.0."""


def sweep() -> np.ndarray:
    time = np.arange(20_000) / 16_000
    noise = np.random.default_rng(0).standard_normal(time.size)
    return (0.3 * np.sin(2 * np.pi * (200 + 900 * time) * time) + 0.02 * noise).astype(np.float32)


def test_it_agrees_with_librosa() -> None:
    spectrogram = LogMel(LogMelRecipe())(torch.from_numpy(sweep())[None])[0].numpy()
    expected = np.log(np.load(REFERENCE) + 1e-6)
    assert spectrogram.shape == expected.shape
    assert np.abs(spectrogram - expected).max() < 1e-3


def test_silence_has_a_spectrogram() -> None:
    log_mel = LogMel(LogMelRecipe(window=512, hop=256))
    silence = log_mel(torch.zeros(1, 5000))
    assert silence.shape == (1, 64, int(log_mel.steps(torch.tensor([5000]))))
    assert torch.isfinite(silence).all()
