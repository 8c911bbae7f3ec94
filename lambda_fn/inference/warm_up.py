"""Uses every model once before the first request does."""

import zlib
from typing import Final

from model_bundle.catalog import Catalog
from model_bundle.errors import ValenceError
from model_bundle.item import Item


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


PIXEL: Final = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", (1).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))),
        _chunk(b"IDAT", zlib.compress(bytes(4))),
        _chunk(b"IEND", b""),
    )
)
"""A PNG of one black pixel."""


def warm_up(catalog: Catalog) -> None:
    """Open every graph, and predict once with each model: decoders and buffers are made at their first use."""
    catalog.warm_up()
    for name, spec in catalog.specs.items():
        kinds = {modality.kind for modality in spec.modalities}
        item = Item(text="warm", genres=("drama",), year=2000, image=PIXEL if "image" in kinds else None)
        try:
            catalog.predictor(name).predict(item)
        except ValenceError:
            continue  # such as a model that only listens: its first use is measured
