"""What anybody would try first for texts, behind one small interface: fit on texts with classes, classify others."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from transformers import AutoTokenizer, BertModel
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

Classes = NDArray[np.int64]
"""Index of each text's label."""
NEUTRAL_BAND: Final = 0.05
"""Of VADER's compound score, as its authors set it."""
SMOOTHING: Final = 1.0


class Classifier(Protocol):
    """Fits and classifies."""

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """Learn from texts and their classes."""

    def classify(self, texts: Sequence[str]) -> Classes:
        """Return each text's class."""


class TfidfLinear:
    """TF-IDF over words and pairs of words, and a logistic regression, with the usual settings."""

    def __init__(self) -> None:
        vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        self._pipeline = make_pipeline(vectoriser, LogisticRegression(C=10, max_iter=1000))

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """See `Classifier`."""
        self._pipeline.fit(texts, classes)

    def classify(self, texts: Sequence[str]) -> Classes:
        """See `Classifier`."""
        return np.asarray(self._pipeline.predict(texts), np.int64)


class NaiveBayesLinear:
    """A logistic regression on 1- to 3-grams weighted by naive Bayes (Wang and Manning 2012), one against the rest."""

    def __init__(self) -> None:
        self._vectoriser = CountVectorizer(ngram_range=(1, 3), binary=True, min_df=2, token_pattern=r"\w+|[^\w\s]")
        self._rows: list[tuple[NDArray[np.float64], LogisticRegression]] = []

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """See `Classifier`."""
        counts = csr_matrix(self._vectoriser.fit_transform(texts), dtype=np.float64)
        for one in np.unique(classes):
            ratio = self._log_ratio(counts, classes == one)
            regression = LogisticRegression(C=4, solver="liblinear", dual=True, max_iter=5000)
            self._rows.append((ratio, regression.fit(counts.multiply(ratio).tocsr(), classes == one)))

    def classify(self, texts: Sequence[str]) -> Classes:
        """See `Classifier`."""
        counts = csr_matrix(self._vectoriser.transform(texts), dtype=np.float64)
        scores = [regression.decision_function(counts.multiply(ratio).tocsr()) for ratio, regression in self._rows]
        return np.asarray(np.argmax(scores, axis=0), np.int64)

    @staticmethod
    def _log_ratio(counts: csr_matrix, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        shares = [SMOOTHING + np.asarray(counts[part].sum(axis=0)).ravel() for part in (inside, ~inside)]
        ratio: NDArray[np.float64] = np.log(shares[0] / shares[0].sum()) - np.log(shares[1] / shares[1].sum())
        return ratio


class FastText:
    """fastText's supervised classifier over words and pairs of words (Joulin et al. 2017).

    It needs the package `fasttext`, which is no requirement: `pip install fasttext-community==0.11.9`.
    """

    def __init__(self) -> None:
        self._model: Any = None

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """See `Classifier`."""
        import fasttext

        lines = [f"__label__{one} {_in_one_line(text)}\n" for text, one in zip(texts, classes, strict=True)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fit.txt"
            # fastText learns line by line in the file's order: sorted by class, it ends up with the last one.
            path.write_text("".join(np.random.default_rng(0).permutation(lines)), encoding="utf-8")
            self._model = fasttext.train_supervised(
                str(path), wordNgrams=2, epoch=25, lr=0.5, dim=50, thread=1, verbose=0
            )

    def classify(self, texts: Sequence[str]) -> Classes:
        """See `Classifier`."""
        labels, _ = self._model.predict([_in_one_line(text) for text in texts])
        return np.array([int(label[0].removeprefix("__label__")) for label in labels], np.int64)


class Vader:
    """VADER (Hutto and Gilbert 2014): a lexicon with rules, nothing to fit."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._analyser = SentimentIntensityAnalyzer()
        self._labels = list(labels)

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """See `Classifier`."""

    def classify(self, texts: Sequence[str]) -> Classes:
        """See `Classifier`."""
        scores = [self._analyser.polarity_scores(text)["compound"] for text in texts]
        return np.array([self._labels.index(self._label(score)) for score in scores], np.int64)

    def _label(self, score: float) -> str:
        band = NEUTRAL_BAND if "neutral" in self._labels else 0.0
        if score <= -band:
            return "negative"
        return "positive" if score >= band else "neutral"


class FrozenVectors:
    """A logistic regression on the mean vectors of a published encoder, which stays as it is."""

    def __init__(self, folder: Path, max_tokens: int = 256, batch_size: int = 16) -> None:
        torch.set_num_threads(1)
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = BertModel.from_pretrained(folder).train(mode=False)
        self._regression = LogisticRegression(max_iter=2000)
        self._max_tokens, self._batch_size = max_tokens, batch_size

    def fit(self, texts: Sequence[str], classes: Classes) -> None:
        """See `Classifier`."""
        self._regression.fit(self._vectors(texts), classes)

    def classify(self, texts: Sequence[str]) -> Classes:
        """See `Classifier`."""
        return np.asarray(self._regression.predict(self._vectors(texts)), np.int64)

    @torch.inference_mode()
    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors = np.zeros((len(texts), self._model.config.hidden_size), np.float32)
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            inputs = self._tokenizer(
                [texts[row] for row in rows],
                padding=True,
                truncation=True,
                max_length=self._max_tokens,
                return_tensors="pt",
            )
            mask = inputs["attention_mask"][..., None]
            states = self._model(**inputs).last_hidden_state
            vectors[rows] = ((states * mask).sum(dim=1) / mask.sum(dim=1)).numpy()
        return vectors


def _in_one_line(text: str) -> str:
    return " ".join(text.lower().split())
