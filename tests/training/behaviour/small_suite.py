"""A suite of a few words that the tiny bundle knows, written as files."""

from pathlib import Path

from training.behaviour.suite import CAPABILITIES_FOLDER, WORDS_FILE

WORDS = """
domains:
  shows: {thing: [film], praise: [good, great], complaint: [bad, awful]}
words:
  name: [Ada, Bo, Cy]
"""
VOCABULARY = """
name: vocabulary
about: Plain words.
tests:
  - name: praise
    cases: 2
    kind: minimum functionality
    expected: [positive]
    templates: ["The {thing} was {praise}."]
  - name: complaint
    cases: 2
    kind: minimum functionality
    expected: [positive]
    templates: ["The {thing} was {complaint}."]
"""
CASE = """
name: case
about: Capitals.
tests:
  - {name: capitals, kind: invariance, cases: 2, changes: [upper case], templates: ["The {thing} was {praise}."]}
"""


def write_small_suite(folder: Path, words: str = WORDS, capabilities: dict[str, str] | None = None) -> Path:
    """Write the suite into `folder`, and return it."""
    (folder / CAPABILITIES_FOLDER).mkdir(parents=True)
    (folder / WORDS_FILE).write_text(words, encoding="utf-8")
    for name, content in (capabilities or {"vocabulary": VOCABULARY, "case": CASE}).items():
        (folder / CAPABILITIES_FOLDER / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder
