"""Datasets, models and the loop that fits one to the other. `python -m training --help` lists the commands."""
