"""The private bucket for media that callers put there, for the function to read."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.compute.execution_role import ExecutionRole
from cdk.storage.private_bucket import PrivateBucket, expire_after

DAYS_KEPT = 1
LOG_DAYS = 90
SETTING = "VALENCE_MEDIA_BUCKETS"
BOUND = "VALENCE_BIND_BUCKETS_TO_CALLERS"


class UploadStore(Construct):
    """A bucket that forgets after a day, and one for the log of accesses to it.

    Whoever has the stack's account may put media into it. A caller may name objects below the id of its API key alone.
    """

    def __init__(self, scope: Construct, name: str, *, keep: bool) -> None:
        super().__init__(scope, name)
        access_logs = PrivateBucket(self, "AccessLogs", keep=keep, lifecycle_rules=[expire_after(LOG_DAYS)])
        forget = s3.LifecycleRule(
            expiration=Duration.days(DAYS_KEPT), abort_incomplete_multipart_upload_after=Duration.days(DAYS_KEPT)
        )
        self.bucket = PrivateBucket(
            self,
            "Bucket",
            keep=keep,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="uploads/",
            lifecycle_rules=[forget],
        )

    def let_read(self, function: lambda_.Function, role: ExecutionRole) -> None:
        """Let a function read objects by their keys, and tell it the bucket's name."""
        role.allow_objects("s3:GetObject", bucket=self.bucket, because="callers choose the keys")
        function.add_environment(SETTING, self.bucket.bucket_name)
        function.add_environment(BOUND, "true")
