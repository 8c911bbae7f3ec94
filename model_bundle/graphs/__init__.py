"""ONNX graphs: sessions, encoders, fusion and calibration."""
