"""What anybody would try first: TF-IDF with logistic regression, and VADER."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

Positive = NDArray[np.bool_]
"""Whether each text is judged positive."""


def fit_linear(texts: Sequence[str], positive: Positive) -> Pipeline:
    """Fit TF-IDF over words and pairs of words, and a logistic regression, with the usual settings."""
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return make_pipeline(vectoriser, LogisticRegression(C=10, max_iter=1000)).fit(texts, positive)


def judge_linear(pipeline: Pipeline, texts: Sequence[str]) -> Positive:
    """Judge with the fitted pipeline."""
    judged: Positive = pipeline.predict(texts)
    return judged


class Vader:
    """VADER (Hutto and Gilbert 2014): a lexicon with rules, nothing to fit."""

    def __init__(self) -> None:
        self._analyser = SentimentIntensityAnalyzer()

    def judge(self, texts: Sequence[str]) -> Positive:
        """Judge by the sign of the compound score."""
        return np.array([self._analyser.polarity_scores(text)["compound"] > 0 for text in texts])
