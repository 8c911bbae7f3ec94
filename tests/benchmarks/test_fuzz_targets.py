"""The targets of fuzzing, on a few inputs of Hypothesis's; the long runs need atheris."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.targets import TARGETS
from tests.pictures import encoded, halves, noise

SEEDS = {
    "image": [encoded(halves(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")],
    "container": [encoded(noise(20, 12), "JPEG")[3:], encoded(halves(), "PNG")[8:]],
    "url": [b"example.com:443/a?b", b"//b.example\\x", b"[2001:db8::1]/", "/imágenes".encode()],
    "body": [b'{"text": "a", "genre": ["Drama"]}', b'{"items": [{"image_base64": "/9j/4A=="}]}'],
}


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_target_finds_a_fault(name: str, data: st.DataObject) -> None:
    seed = data.draw(st.sampled_from([b"", *SEEDS[name]]))
    place = data.draw(st.integers(0, len(seed)))
    TARGETS[name](seed[:place] + data.draw(st.binary(max_size=40)) + seed[place + data.draw(st.integers(0, 8)) :])
