"""The daily comparison of predicted classes with the models' validation data."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk.compute.service_function import ServiceFunction
from cdk.settings import DeploymentSettings

HANDLER: Final = "lambda_fn.observability.drift.handler"


class DriftCheck(Construct):
    """A function, once a day, that compares yesterday's class shares with the bundle's. It may read metrics."""

    def __init__(self, scope: Construct, name: str, *, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        self.dead_letters = _dead_letters(self)
        service = ServiceFunction(
            self,
            "Service",
            handler=HANDLER,
            description="Compares a day's class shares with what each model was measured on.",
            settings=settings,
            memory_mb=512,
            timeout_seconds=60,
            reserved_concurrency=None,
            dead_letters=self.dead_letters,
        )
        service.role.allow_everywhere("cloudwatch:GetMetricData", because="metrics aren't resources")
        self.function = service.function
        self.log = service.log
        events.Rule(
            self,
            "Daily",
            description="Starts the drift check when the day before is complete.",
            schedule=events.Schedule.cron(minute="15", hour="0"),
            targets=[
                targets.LambdaFunction(
                    service.function,
                    dead_letter_queue=self.dead_letters,
                    retry_attempts=2,
                    max_event_age=Duration.hours(1),
                )
            ],
        )


def _dead_letters(scope: Construct) -> sqs.Queue:
    return sqs.Queue(
        scope,
        "DeadLetters",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
