from tests.cdk.synthesis import Synthesis

BUCKETS = 2


def test_every_bucket_is_private_encrypted_and_owned(synthesis: Synthesis) -> None:
    buckets = synthesis.of_type("AWS::S3::Bucket")
    assert len(buckets) == BUCKETS
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_only_tls_reaches_them_and_only_1_2_or_newer(synthesis: Synthesis) -> None:
    policies = synthesis.of_type("AWS::S3::BucketPolicy").values()
    assert len(policies) == BUCKETS
    for policy in policies:
        statements = policy["PolicyDocument"]["Statement"]
        denied = [part["Condition"] for part in statements if part["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_the_buckets_go_with_the_stack_unless_data_is_to_be_kept(
    synthesis: Synthesis, full_synthesis: Synthesis
) -> None:
    def policies(found: Synthesis) -> set[str]:
        return {part["DeletionPolicy"] for part in found.resources.values() if part["Type"] == "AWS::S3::Bucket"}

    assert policies(synthesis) == {"Delete"}
    assert policies(full_synthesis) == {"Retain"}
