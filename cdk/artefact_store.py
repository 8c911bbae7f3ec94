"""The private bucket for what is made and kept: bundles, uploads, results."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

VERSIONS_KEPT = 5


class ArtefactStore(Construct):
    """An encrypted bucket that only TLS reaches, with versions, and a second bucket for the log of its accesses."""

    def __init__(self, scope: Construct, name: str, *, keep: bool) -> None:
        super().__init__(scope, name)
        # Without automatic emptying: that is a function of CDK's own, whose log group would be left behind.
        # `python -m cdk.teardown` empties both buckets.
        self._removal = RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY
        self.access_logs = self._bucket("AccessLogs", lifecycle_rules=[_expire_after(90)])
        self.bucket = self._bucket(
            "Bucket",
            versioned=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="artefacts/",
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(90),
                    noncurrent_versions_to_retain=VERSIONS_KEPT,
                ),
                _expire_after(1, prefix="uploads/"),
                _expire_after(30, prefix="results/"),
            ],
        )

    def _bucket(self, name: str, **properties: object) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._removal,
            **properties,  # type: ignore[arg-type]  # the two buckets differ in these alone
        )


def _expire_after(days: int, prefix: str | None = None) -> s3.LifecycleRule:
    return s3.LifecycleRule(prefix=prefix, expiration=Duration.days(days))
