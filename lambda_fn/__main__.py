"""Serve the models in a folder over HTTP on this machine."""

import os
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress

from lambda_fn.application import create_application
from lambda_fn.http.server import PortError, create_server, listen
from lambda_fn.observability.emf import configure_metrics
from lambda_fn.observability.request_log import configure_logging
from lambda_fn.settings import Settings, SettingsError, read_settings
from model_bundle.catalog import Catalog
from model_bundle.errors import BundleError

WRONG_USE = 2
SWITCH_SECONDS = 0.0005
"""Longest time that a predicting thread keeps the interpreter while the event loop wants it: by default it is ten times
that, for each of the handful of system calls that a small request makes."""
EPILOG = "Every setting can also come from the environment, such as VALENCE_PORT; lambda_fn/settings.py lists them all."


def main() -> int:
    """Serve until interrupted, and return the exit code."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    options = vars(_parser().parse_args())
    try:
        settings = read_settings(**options)
        catalog = Catalog(settings.models, settings.threads)
        catalog.verify()
        listener = listen(settings.host, settings.port)
    except (SettingsError, BundleError, PortError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_USE
    configure_logging(settings.log_level)
    configure_metrics(settings.deployment, lean=settings.lean_metrics)
    sys.setswitchinterval(SWITCH_SECONDS)
    _serve(settings, catalog, listener)
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m lambda_fn", description=__doc__, epilog=EPILOG)
    _add(parser, "host", "address to listen on")
    _add(parser, "port", "port to listen on; 0 takes any free one")
    _add(parser, "models", "folder with one bundle per subfolder")
    _add(parser, "threads", "threads for one prediction")
    return parser


def _add(parser: ArgumentParser, name: str, meaning: str) -> None:
    parser.add_argument(f"--{name}", help=f"{meaning} (default: {Settings.model_fields[name].default})")


def _serve(settings: Settings, catalog: Catalog, listener: socket.socket) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listener.getsockname()[1]}"
    sys.stderr.write(f"Serving {', '.join(catalog.specs)} on {address} (try it at {address}/docs)\n")
    sys.stderr.flush()
    with suppress(KeyboardInterrupt):
        create_server(create_application(settings, catalog), settings).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
