"""Made-up figures of a service that is used all day, for the pictures in the documentation."""

import re
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Series = npt.NDArray[np.float64]

_PER_FIVE_MINUTES: Final = {
    "Count": 275,
    "Requests /v1/predict": 225,
    "Requests /v1/predict/batch": 28,
    "Requests /healthz": 12,
    "Requests /v1/models": 6,
    "Requests /docs": 2,
    "Requests /openapi.json": 2,
    "Invocations": 268,
    "4XXError": 6,
    "Predictions posts": 260,
    "PredictedClass posts sentiment negative": 78,
    "PredictedClass posts sentiment neutral": 19,
    "PredictedClass posts sentiment positive": 163,
    "ModalityPresent posts text": 247,
    "ModalityMissing posts text": 13,
    "ModalityPresent posts image": 188,
    "ModalityMissing posts image": 72,
    "TextTruncated posts": 2,
    "Predictions reviews": 640,
    "PredictedClass reviews sentiment negative": 300,
    "PredictedClass reviews sentiment positive": 340,
    "ModalityPresent reviews text": 634,
    "ModalityMissing reviews text": 6,
    "ModalityPresent reviews metadata": 525,
    "ModalityMissing reviews metadata": 115,
    "TextTruncated reviews": 38,
    "ColdStarts": 0.7,
    "Errors invalid_request": 3,
    "Errors nothing_to_predict": 1.2,
    "Errors text_too_long": 0.6,
    "PicturesLeftOut media_unreachable": 0.5,
    "PicturesLeftOut image_undecodable": 0.2,
}
"""What comes in five minutes of the middle of the day, by metric and the values of its dimensions."""

_LEVELS: Final = {
    "Latency p50": 17,
    "Latency p90": 36,
    "Latency p99": 165,
    "RequestLatency /v1/predict p50": 6,
    "RequestLatency /v1/predict p99": 21,
    "RequestLatency /v1/predict/batch p50": 42,
    "RequestLatency /v1/predict/batch p99": 96,
    "StageLatency posts fetch": 41,
    "StageLatency posts decode": 2.4,
    "StageLatency posts read": 0.2,
    "StageLatency posts encode": 8.4,
    "StageLatency posts fuse": 0.4,
    "StageLatency reviews read": 0.7,
    "StageLatency reviews encode": 4.6,
    "StageLatency reviews fuse": 0.3,
    "ModalityLatency posts text": 4.2,
    "ModalityLatency posts image": 4.3,
    "ModalityLatency reviews text": 4.4,
    "ModalityLatency reviews metadata": 0.2,
    "InitDuration p50": 1_350,
    "InitDuration p95": 1_900,
    "MaxMemoryUsed": 246,
    "Confidence posts sentiment Average": 0.76,
    "Confidence posts sentiment p10": 0.48,
    "Confidence reviews sentiment Average": 0.89,
    "Confidence reviews sentiment p10": 0.62,
}
"""Where a figure lies that doesn't depend on traffic."""

_DRIFT: Final = {
    "posts sentiment": (0.021, 0.034, 0.026, 0.041, 0.018, 0.029, 0.037),
    "reviews sentiment": (0.012, 0.018, 0.009, 0.022, 0.015, 0.031, 0.249),
}
"""The population stability index of each day of a week, by model."""

IN_ALARM: Final = "ReviewsSentimentDrift"
"""The one alarm that these figures set off."""

_DURATION_OF_A_CALL: Final = 12
_SHIFT: Final = 0.86
"""Part of the week after which more of the reviews are positive."""


def sample(name: str, dimensions: list[str], statistic: str, hours: float, points: int) -> Series | None:
    """Return `points` figures of the last `hours`; None where there would be none."""
    where = " ".join(dimensions)
    random = np.random.default_rng(crc32(f"{name}{dimensions}{statistic}".encode()))
    time = np.linspace(0, hours, points)
    if name == "ClassShareDrift":
        return np.array(_DRIFT[where])[-points:] if where in _DRIFT else None
    if name in {"5XXError", "Throttles"}:
        return _incident(time, hours, 9 if name == "5XXError" else 14)
    if name == "Duration":
        return _counts(268, time, hours, points, random) * _DURATION_OF_A_CALL
    if name == "ConcurrentExecutions":
        return np.ceil(_curve(time) * 4 + random.random(points))
    if (count := _found(_PER_FIVE_MINUTES, name, where)) is not None:
        return _counts(count, time, hours, points, random) * _shifted(where, time / hours)
    return _level(_found(_LEVELS, name, where, statistic), points, random)


def codes(metric: str) -> list[str]:
    """Return the error codes that occur as the dimension of a metric."""
    return [name.removeprefix(f"{metric} ") for name in _PER_FIVE_MINUTES if name.startswith(f"{metric} ")]


def evaluate(expression: str, series: dict[str, Series]) -> Series | None:
    """Compute CloudWatch's metric math, as far as the dashboards use it; None where a metric has no figures."""
    if not re.fullmatch(r"[\w\s+\-*/().,>]+", expression):
        raise ValueError(f"{expression} is more than arithmetic.")
    # CloudWatch's names of metrics begin with a small letter, those of its functions with a capital one.
    if not series.keys() >= set(re.findall(r"\b[a-z]\w*", expression)):
        return None
    known: dict[str, Any] = {"__builtins__": {}, "IF": np.where, **series}
    result: Series = eval(expression, known)
    return result


def _found(figures: dict[str, Any], name: str, where: str, statistic: str = "") -> float | None:
    keys = (f"{name} {where} {statistic}", f"{name} {statistic}", f"{name} {where}", name)
    return next((float(figures[key]) for key in keys if key in figures), None)


def _counts(middle: float, time: Series, hours: float, points: int, random: np.random.Generator) -> Series:
    of_five_minutes = max(hours * 12 / points, 1)
    return random.poisson(middle * of_five_minutes * _curve(time)).astype(np.float64)


def _curve(time: Series) -> Series:
    curve: Series = 0.25 + 0.75 * np.exp(-(((time % 24 - 14.5) / 5) ** 2))
    return curve


def _shifted(where: str, part: Series) -> Series:
    change = {"reviews negative": 0.5, "reviews positive": 1.44}.get(where, 1.0)
    return np.where(part > _SHIFT, change, 1.0)


def _incident(time: Series, hours: float, at: float) -> Series:
    return np.round(14 * np.exp(-(((time - at * hours / 24) / 0.12) ** 2)))


def _level(level: float | None, points: int, random: np.random.Generator) -> Series | None:
    if level is None:
        return None
    noise: Series = random.normal(1, 0.03, points) * (1 + (random.random(points) > 0.985) * 0.35 * (level > 1))
    return level * noise
