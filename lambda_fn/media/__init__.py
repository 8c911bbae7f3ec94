"""Pictures that requests point at: fetched from addresses that nobody vouches for, within limits.

A plain text request imports nothing of this but what is light: HTTP and TLS come with the first URL, boto3 with the
first `s3://`.
"""
