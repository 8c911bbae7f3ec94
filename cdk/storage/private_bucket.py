"""What every bucket of the service has in common."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct


class PrivateBucket(s3.Bucket):
    """An encrypted bucket without public access, that only TLS reaches."""

    def __init__(self, scope: Construct, name: str, *, keep: bool, **properties: Any) -> None:
        super().__init__(
            scope,
            name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            # Without automatic emptying: that is a function of CDK's own, whose log group would be left behind.
            # `python -m cdk.teardown` empties every bucket.
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
            **properties,
        )


def expire_after(days: int) -> s3.LifecycleRule:
    """Return the rule that deletes objects so many days after they were put."""
    return s3.LifecycleRule(expiration=Duration.days(days))
