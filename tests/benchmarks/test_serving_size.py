from benchmarks.serving_size import MAX_MEGABYTES, serving_sizes


def test_what_serves_is_small_and_complete() -> None:
    sizes = serving_sizes()
    assert {
        "numpy",
        "onnxruntime",
        "tokenizers",
        "pydantic-core",
        "starlette",
        "anyio",
        "jmespath",
        "pillow",
    } <= sizes.keys()
    assert (
        not {"torch", "transformers", "scipy", "onnx", "boto3", "botocore", "huggingface-hub", "pytest"} & sizes.keys()
    )
    assert sum(sizes.values()) <= MAX_MEGABYTES
    assert sum(sizes.values()) - sizes["av"] <= 220
