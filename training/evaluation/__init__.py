"""Metrics, slices, reports and plots."""
