"""The names of emoji and emoticons that a model learns to read: emoji by Unicode's own names, emoticons by the same."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from model_bundle.cleaning import Pictographs, TextCleaner
from model_bundle.cleaning.pictographs import MODIFIERS
from training.encoders.encoder import Learned

PICTOGRAPHS: Final = "pictographs"
"""Where what an encoder learned has the table."""
PICTOGRAPHS_FILE: Final = "pictographs.json"
FIRST_SYMBOL: Final = "\u2000"
"""Signs before it, such as the copyright sign and digits, are text to everyone."""
EMOTICONS: Final = {
    "slightly smiling face": (":)", ":-)", "=)", ":]", ":-]", "(:", "(-:", "=]", ":')", ":o)", "=-)", ":^)"),
    "grinning face with smiling eyes": (":D", ":-D", "=D", ":))", ":)))", "^_^", "^^", "^.^", ":-))", "8D"),
    "grinning squinting face": ("xD", "XD", "xd", "X-D", "x-D"),
    "winking face": (";)", ";-)", ";D", ";]", ";-D", "(;"),
    "face savoring food": (":P", ":-P", ":p", ":-p", "=P", "=p"),
    "winking face with tongue": (";P", ";p", ";-P", ";-p"),
    "face blowing a kiss": (":*", ":-*", ";*", ":-x"),
    "red heart": ("<3", "<33", "<333", "\u2661"),
    "broken heart": ("</3", "<\\3"),
    "frowning face": (":(", ":-(", "=(", ":[", ":-[", ":((", ":(((", ":-((", ":<", ":-<", "=[", "v_v"),
    "crying face": (":'(", ":'-(", ":,(", ";(", ";-(", "='(", "T_T", "T.T", "ToT", ";_;", ";-;"),
    "enraged face": (">:(", ">:-(", ":@", ":-@", ">_<", ">.<", "D:<", ">:["),
    "confused face": (":/", ":-/", ":\\", ":-\\", "=/", "=\\", ":S", ":s", ":-S", ":-s"),
    "neutral face": (":|", ":-|", "=|"),
    "expressionless face": ("-_-", "-.-", "-__-", "-___-"),
    "face with open mouth": (":O", ":-O", ":o", ":-o", "=O", "o_O", "O_o", "o.O", "O.o", "o_o", "O_O"),
    "smirking face": (":>", ":->", ":^>"),
    "shrug": ("\\_(\u30c4)_/",),
}
"""Western and Japanese emoticons by the name of the emoji that stands for them."""

OTHER_NAMES: Final = {"\u2665": "red heart"} | {f"{key}\u20e3": key for key in "0123456789#*"}
"""Where what Unicode calls a sign is not what people mean by it."""


def learn_pictographs() -> dict[str, str]:
    """Return the table for `learned`, from the package `emoji`, which serving does without."""
    return {PICTOGRAPHS: _known_pictographs().to_json()}


def cleaned(texts: Iterable[str], learned: Learned) -> Iterator[str]:
    """Yield texts as a vocabulary is to learn them: cleaned, where an encoder learned the table."""
    pictographs = learned_pictographs(learned)
    cleaner = TextCleaner(pictographs, _unknown) if pictographs is not None else None
    return (cleaner.clean(text) if cleaner is not None else text for text in texts)


def learned_pictographs(learned: Learned) -> Pictographs | None:
    """Return the table that an encoder learned; None if it reads texts as they are."""
    return Pictographs.from_json(str(learned[PICTOGRAPHS])) if PICTOGRAPHS in learned else None


def write_pictographs(learned: Learned, folder: Path) -> str | None:
    """Write the table that an encoder learned into a bundle's folder, and return the file's name; None without one."""
    if PICTOGRAPHS not in learned:
        return None
    (folder / PICTOGRAPHS_FILE).write_text(str(learned[PICTOGRAPHS]), encoding="utf-8")
    return PICTOGRAPHS_FILE


def _unknown(_word: str) -> None:
    """Stand for a vocabulary that is still to be learned."""


def _known_pictographs() -> Pictographs:
    emoticons = {emoticon: name for name, of in EMOTICONS.items() for emoticon in of}
    return Pictographs(_emoji_names(), emoticons)


def _emoji_names() -> dict[str, str]:
    from emoji import EMOJI_DATA

    names: dict[str, str] = {}
    for emoji in sorted(EMOJI_DATA, key=len):  # those without skin tones come first, and give the name
        plain = MODIFIERS.sub("", emoji)
        if plain >= FIRST_SYMBOL:
            names.setdefault(plain, _spoken(EMOJI_DATA[emoji]["en"]))
    return names | OTHER_NAMES


def _spoken(name: str) -> str:
    """Return `smiling face with heart eyes` for `:smiling_face_with_heart-eyes:`."""
    return " ".join(name.translate(str.maketrans("_-:()\u2019", "     '")).split())
