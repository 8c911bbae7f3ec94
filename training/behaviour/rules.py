"""Whether a case's answers are what its test asks for."""

from collections.abc import Sequence

from training.behaviour.answers import Answer
from training.behaviour.suite import BehaviourTest


def fails(test: BehaviourTest, answers: Sequence[Answer | None]) -> bool:
    """Whether a case fails; a text without an answer fails, whatever was expected."""
    given = [answer for answer in answers if answer is not None]
    if len(given) < len(answers):
        return True
    if test.kind == "minimum functionality":
        return not _is_expected(test, given[0])
    if test.kind == "invariance":
        return score_range(given) > test.tolerance
    rise = given[-1].score - given[0].score
    return (rise if test.never == "more positive" else -rise) > test.tolerance


def score_range(answers: Sequence[Answer]) -> float:
    """Return how far apart the scores lie, 0 to 2."""
    scores = [answer.score for answer in answers]
    return max(scores) - min(scores)


def _is_expected(test: BehaviourTest, answer: Answer) -> bool:
    return answer.label in test.expected or ("neutral" in test.expected and answer.is_neutral)
