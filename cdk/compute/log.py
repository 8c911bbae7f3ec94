"""A log group that belongs to the stack: it keeps lines for some days, and goes when the stack goes."""

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.settings import LogDays

RETENTIONS: Final[dict[LogDays, logs.RetentionDays]] = {
    1: logs.RetentionDays.ONE_DAY,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


class Log(logs.LogGroup):
    """One log group."""

    def __init__(self, scope: Construct, name: str, *, days: LogDays, log_group_name: str | None = None) -> None:
        super().__init__(
            scope,
            name,
            log_group_name=log_group_name,
            retention=RETENTIONS[days],
            removal_policy=RemovalPolicy.DESTROY,
        )
