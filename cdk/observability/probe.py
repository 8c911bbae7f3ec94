"""The optional call to the API from outside, every few minutes."""

from typing import Final

from aws_cdk import Duration, SecretValue
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

MINUTES: Final = 5
PATH: Final = "openapi.json"
"""Needs no key, and is answered by the function."""


class Probe(Construct):
    """A rule that sends a request to the public address. What comes back shows in the API's own figures."""

    def __init__(self, scope: Construct, name: str, *, url: str) -> None:
        super().__init__(scope, name)
        # EventBridge sends nothing without a credential, so it has one that means nothing.
        nobody = events.Authorization.api_key("x-probe", SecretValue.unsafe_plain_text("probe"))
        connection = events.Connection(self, "Connection", authorization=nobody)
        destination = events.ApiDestination(
            self, "Destination", connection=connection, endpoint=f"{url}{PATH}", http_method=events.HttpMethod.GET
        )
        events.Rule(
            self,
            "Rule",
            description="Calls the API from outside.",
            schedule=events.Schedule.rate(Duration.minutes(MINUTES)),
            targets=[targets.ApiDestination(destination, retry_attempts=0)],
        )
