import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cdk.synthesis import ROOT, Synthesis

REASONED = {
    "AwsSolutions-APIG2",
    "AwsSolutions-APIG3",
    "AwsSolutions-APIG4",
    "AwsSolutions-COG4",
    "AwsSolutions-IAM4",
    "AwsSolutions-IAM5",
}
SHORTEST_REASON = 40


@pytest.mark.parametrize("which", ["synthesis", "full_synthesis"])
def test_cdk_nag_finds_nothing_that_is_not_explained(which: str, request: pytest.FixtureRequest) -> None:
    found: Synthesis = request.getfixturevalue(which)
    nag = next(report for report in found.report["pluginReports"] if report["pluginName"] == "AwsSolutions")
    assert nag["conclusion"] == "success"
    assert nag["violations"] == []
    explained = nag["suppressedViolations"]
    assert {finding["ruleName"].partition("[")[0] for finding in explained} <= REASONED
    assert all(len(finding["reason"]) >= SHORTEST_REASON for finding in explained)


def test_a_firewall_needs_no_excuse_for_being_absent(full_synthesis: Synthesis) -> None:
    assert "APIG3" not in json.dumps(full_synthesis.report)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["synthesis", "full_synthesis"])
def test_cfn_lint_finds_nothing(which: str, request: pytest.FixtureRequest) -> None:
    found: Synthesis = request.getfixturevalue(which)
    command = [str(Path(sys.executable).parent / "cfn-lint"), str(found.template_file)]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stdout) == (0, "")


def test_the_template_fits_into_what_cloudformation_takes(full_synthesis: Synthesis) -> None:
    assert len(full_synthesis.resources) < 500
    assert full_synthesis.template_file.stat().st_size < 1_000_000


def test_everything_that_can_be_tagged_says_whose_it_is(synthesis: Synthesis) -> None:
    tagged = [part["Properties"]["Tags"] for part in synthesis.resources.values() if "Tags" in part["Properties"]]
    assert all({"Key": "service", "Value": "valence"} in tags for tags in tagged)


@pytest.mark.slow
def test_the_cdk_command_is_the_pinned_one() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert package["devDependencies"]["aws-cdk"] == "2.1148.1"
    assert locked["packages"]["node_modules/aws-cdk"]["version"] == "2.1148.1"


def test_a_deployer_needs_no_model_libraries(tmp_path: Path) -> None:
    code = "import sys, cdk.application; print(sorted({'torch', 'onnxruntime', 'fastapi', 'numpy'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.slow
def test_synthesis_needs_no_credentials_no_docker_and_no_network(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    node = shutil.which("node")
    assert node is not None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").symlink_to(node)
    environment = {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path),
        "CDK_OUTDIR": str(tmp_path / "out"),
        "CDK_CONTEXT_JSON": json.dumps(json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]),
        "HTTPS_PROXY": nowhere,
        "HTTP_PROXY": nowhere,
    }
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, check=True, timeout=60)
    assert (tmp_path / "out" / "Valence.template.json").is_file()
