"""The private bucket for what is made and kept: bundles and results."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk.storage.private_bucket import PrivateBucket, expire_after

VERSIONS_KEPT = 5


class ArtefactStore(Construct):
    """A bucket with versions, and a second one for the log of accesses to the buckets."""

    def __init__(self, scope: Construct, name: str, *, keep: bool) -> None:
        super().__init__(scope, name)
        self.access_logs = PrivateBucket(self, "AccessLogs", keep=keep, lifecycle_rules=[expire_after(90)])
        self.bucket = PrivateBucket(
            self,
            "Bucket",
            keep=keep,
            versioned=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="artefacts/",
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(90),
                    noncurrent_versions_to_retain=VERSIONS_KEPT,
                ),
                expire_after(30, prefix="results/"),
            ],
        )
