"""Sends requests of every kind to the real handler with the shipped models, which writes its metrics to stdout.

python -m docs.dashboards.run > run.log
"""

import json
import os
import random
import sys
import time
from base64 import b64encode
from io import BytesIO
from typing import Any, Final

os.environ.setdefault("VALENCE_DEPLOYMENT", "Valence")

from PIL import Image

from lambda_fn.http.gateway import create_handler

SECONDS: Final = 60
SENTENCE: Final = (
    "a quiet film with a great cast and a story that never drags although the ending is dull and the music is awful "
    "still I loved the bad jokes and hated the boring chase through the beautiful old town"
)

NEUTRAL: Final = "RT the council will vote on the new bus timetable at 9 am on Tuesday https://t.co/x"


def main() -> None:
    """Send requests for a minute."""
    handler = create_handler()
    chance = random.Random(0)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        method, path, body = _request(chance)
        handler(_event(method, path, body), None)
        time.sleep(chance.expovariate(8))
    sys.stdout.flush()


def _request(chance: random.Random) -> tuple[str, str, Any]:
    kind = chance.random()
    if kind < 0.5:
        return "POST", "/v1/predict", {"text": _text(chance, 400), "genre": "Drama", "year": 1994}
    if kind < 0.7:
        return "POST", "/v1/predict", {"text": _text(chance, 15), "image_base64": _image(chance)}
    if kind < 0.8:
        return "POST", "/v1/predict/batch", {"items": [{"text": _text(chance, 60)} for _ in range(8)]}
    if kind < 0.86:
        return "POST", "/v1/predict", {"text": _text(chance, 20), "explain": ["words", "modalities"]}
    if kind < 0.9:
        return "POST", "/v1/predict", {"txt": "misspelt"}
    if kind < 0.92:
        refused = {
            "text": "good",
            "image_url": "https://127.0.0.1/a.png",
            "on_media_error": "degrade",
            "model": "posts",
        }
        return "POST", "/v1/predict", refused
    return "GET", chance.choice(["/healthz", "/v1/models", "/docs", "/openapi.json"]), None


def _text(chance: random.Random, most: int) -> str:
    if chance.random() < 0.2:
        return NEUTRAL
    return " ".join(chance.choices(SENTENCE.split(), k=chance.randint(3, most)))


def _image(chance: random.Random) -> str:
    file = BytesIO()
    colour = tuple(chance.randrange(256) for _ in range(3))
    Image.new("RGB", (320, 240), colour).save(file, "JPEG")
    return b64encode(file.getvalue()).decode()


def _event(method: str, path: str, body: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"identity": {"sourceIp": "127.0.0.1"}},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


if __name__ == "__main__":
    main()
