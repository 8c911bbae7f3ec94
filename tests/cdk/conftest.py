"""The stack is synthesised once: CDK's engine is slow to start."""

import pytest

from tests.cdk.synthesis import Synthesis, synthesise


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack as cdk.json has it."""
    return synthesise(tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture(scope="session")
def full_synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The stack of a second environment, with every option."""
    return synthesise(
        tmp_path_factory.mktemp("cdk.full"),
        environment="dev",
        gateway_log_role=False,
        termination_protection=True,
        waf="true",
        probe=True,
        lean=True,
        provisioned_concurrency="2",
        reserved_concurrency=50,
        cors_origin="https://example.com",
        alarm_email="someone@example.com",
        log_days="90",
        canary="none",
        keep_data=True,
        custom_domain={
            "host": "api.example.com",
            "certificate_arn": "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
            "zone_id": "Z0123456789ABC",
            "zone_name": "example.com",
        },
    )
