import json
from pathlib import Path

from aws_cdk import App, Stack

from cdk.compute.service_function import ServiceFunction
from cdk.settings import DeploymentSettings

BASE = f"public.ecr.aws/lambda/python@sha256:{'0' * 64}"


def test_processor_and_base_image_are_settings(tmp_path: Path) -> None:
    application = App(outdir=str(tmp_path))
    stack = Stack(application, "Valence")
    ServiceFunction(
        stack,
        "Service",
        handler="lambda_fn.handler.handler",
        description="",
        settings=DeploymentSettings(architecture="arm64", base_image=BASE),
        memory_mb=1024,
        timeout_seconds=3,
    )
    application.synth()
    template = json.loads((tmp_path / "Valence.template.json").read_text(encoding="utf-8"))
    [function] = [part for part in template["Resources"].values() if part["Type"] == "AWS::Lambda::Function"]
    assert function["Properties"]["Architectures"] == ["arm64"]
    [image] = json.loads((tmp_path / "Valence.assets.json").read_text(encoding="utf-8"))["dockerImages"].values()
    assert image["source"]["platform"] == "linux/arm64"
    assert image["source"]["dockerBuildArgs"] == {"BASE_IMAGE": BASE}
