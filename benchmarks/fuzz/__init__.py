"""Coverage-guided fuzzing of what reads untrusted bytes, with atheris.

python -m benchmarks.fuzz TARGET [CORPUS] [-runs=1000000] [-max_total_time=600]

It needs atheris 3.0.0, which is not among the project's requirements: its wheels are for a few versions of Python.
Whatever is found becomes a small test beside the others of its module.
"""
