"""Serve a folder of bundles, and ask it about one labelled post: first all of it, then its text alone.

python -m training ask demo --models runs/models --dataset synthetic
"""

import argparse
import json
import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from training.commands.arguments import add_data_root, add_dataset
from training.commands.live_service import live_service
from training.datasets import Example, load_dataset
from training.errors import DatasetError, ServiceError

TIMEOUT_SECONDS: Final = 60
SHOWN_CHARACTERS: Final = 32
"""Of an image in base64."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("model", help="name of the bundle to ask")
    parser.add_argument("--models", type=Path, required=True, help="folder with one bundle per subfolder")
    add_dataset(parser)
    add_data_root(parser)
    parser.add_argument("--split", default="test", help="its first post with text and picture is asked about")


def run(arguments: argparse.Namespace) -> None:
    """Start the service, print two requests with their answers, and stop it."""
    post = _first_post(load_dataset(arguments.dataset, arguments.data_root, arguments.split, ("text", "image")))
    with live_service(arguments.models, Path(os.devnull)) as address:
        health = _answer(f"{address}/healthz")
        print(f"{address} serves {arguments.models}: {json.dumps(health)}")
        print(f"The post {post.identifier} of {arguments.dataset} is labelled {', '.join(post.labels.values())}.")
        for request in requests_about(post, arguments.model):
            print(f"\nPOST /v1/predict\n{json.dumps(_shortened(request), indent=2)}")
            print(f"\n{json.dumps(_answer(f'{address}/v1/predict', request), indent=2)}")


def requests_about(post: Example, model: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a request with a post's text and image, to be explained, and one with its text alone."""
    text = {"model": model, "text": post.item.text}
    picture = b64encode(post.item.image or b"").decode()
    return text | {"image_base64": picture, "explain": ["modalities"]}, text


def _first_post(examples: Sequence[Example]) -> Example:
    posts = (example for example in examples if example.item.text and example.item.image)
    post = next(posts, None)
    if post is None:
        raise DatasetError("There is no post with text and picture to ask about. Choose another data set or split.")
    return post


def _answer(url: str, request: Mapping[str, Any] | None = None) -> Any:
    body = None if request is None else json.dumps(request).encode()
    try:
        with _opener().open(Request(url, body, {"Content-Type": "application/json"}), timeout=TIMEOUT_SECONDS) as got:
            return json.load(got)
    except HTTPError as error:
        raise ServiceError(f"The service answered {error.code}: {error.read().decode(errors='replace')}") from error
    except (OSError, HTTPException) as error:
        raise ServiceError(f"The service at {url} doesn't answer ({error}).") from error


def _opener() -> OpenerDirector:
    """Return what goes straight to this machine, whatever proxy is set for the rest of the world."""
    return build_opener(ProxyHandler({}))


def _shortened(request: Mapping[str, Any]) -> dict[str, Any]:
    picture = request.get("image_base64", "")
    shown = {"image_base64": f"{picture[:SHOWN_CHARACTERS]}... ({len(picture):,} characters)"} if picture else {}
    return {**request, **shown}
