"""Failure rates of a bundle, as values."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import mean
from typing import Any, Final

from model_bundle import Predictor
from training.behaviour.answers import Answer, answers_to
from training.behaviour.cases import Case, make_cases
from training.behaviour.rules import fails, score_range
from training.behaviour.suite import Suite

Figures = dict[str, Any]
EXAMPLES: Final = 3
"""Failures that the figures show of each test."""
DATASET: Final = "behaviour suite"

Answers = Mapping[str, Answer | None]


def measure_behaviour(predictor: Predictor, suite: Suite, seed: int = 0) -> Figures:
    """Return `n`, `failure_rate` (the mean of the capabilities') and `capabilities.<name>.<figure>`.

    A capability has `about`, `n`, `failures`, `failure_rate` and `tests.<name>`; a test the same, its `kind`,
    `examples` of failures, and for an invariance the `mean_range` of the scores within a case.
    """
    cases = make_cases(suite, seed)
    answers = answers_to(predictor, (text for case in cases for text in case.texts))
    capabilities = {
        capability.name: {"about": capability.about} | _capability(list(own), answers)
        for capability, own in groupby(cases, lambda case: case.capability)
    }
    return {
        "bundle": predictor.spec.name,
        "version": predictor.spec.version,
        "dataset": DATASET,
        "split": f"seed {seed}",
        "suite": suite.fingerprint,
        "n": len(cases),
        "failure_rate": mean(capability["failure_rate"] for capability in capabilities.values()),
        "capabilities": capabilities,
    }


def _capability(cases: Sequence[Case], answers: Answers) -> Figures:
    tests = {test.name: _test(list(own), answers) for test, own in groupby(cases, lambda case: case.test)}
    failures = sum(test["failures"] for test in tests.values())
    return {"n": len(cases), "failures": failures, "failure_rate": failures / len(cases), "tests": tests}


def _test(cases: Sequence[Case], answers: Answers) -> Figures:
    test = cases[0].test
    given = [[answers[text] for text in case.texts] for case in cases]
    failed = [(case, own) for case, own in zip(cases, given, strict=True) if fails(test, own)]
    figures: Figures = {
        "kind": test.kind,
        "n": len(cases),
        "failures": len(failed),
        "failure_rate": len(failed) / len(cases),
        "examples": [_example(case, own) for case, own in failed[:EXAMPLES]],
    }
    if test.kind == "invariance":
        complete = [[answer for answer in own if answer is not None] for own in given if None not in own]
        figures["mean_range"] = mean(map(score_range, complete)) if complete else None
    return figures


def _example(case: Case, answers: Sequence[Answer | None]) -> list[dict[str, Any]]:
    """Return texts with label and score; of many, those with the lowest and the highest score."""
    rows = [
        {"text": text, "label": answer and answer.label, "score": answer and round(answer.score, 3)}
        for text, answer in zip(case.texts, answers, strict=True)
    ]
    if len(rows) <= 2:
        return rows
    return [min(rows, key=_score), max(rows, key=_score)]


def _score(row: Mapping[str, Any]) -> float:
    score: float | None = row["score"]
    return -2.0 if score is None else score  # a text without an answer is what to show first
