"""From a checkpoint to a bundle: graphs, quantisation, checks against torch, description and model card."""

import model_bundle  # noqa: F401  # turns onnxruntime's telemetry off, before a module imports onnxruntime
