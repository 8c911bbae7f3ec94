"""From examples to a trained, calibrated model."""
