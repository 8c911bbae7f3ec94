"""Size, cold start, latency and accuracy of the shipped bundles beside baselines, in one run on one machine."""
