"""Latency and accuracy of the shipped bundles beside two baselines, in one run on one machine."""
