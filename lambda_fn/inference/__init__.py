"""Requests to predictions: which model predicts, and what happens without a medium."""
