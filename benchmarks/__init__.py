"""Size, cold start, latency and accuracy of the shipped bundles beside baselines, in one run on one machine."""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as model_bundle does, which the bare handler doesn't import
