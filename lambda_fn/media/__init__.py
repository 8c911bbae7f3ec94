"""Images, audio and video that requests hold or point at, fetched from untrusted addresses within limits.

A plain text request imports only the light parts of this: HTTP and TLS come with the first URL, boto3 with the first
`s3://`.
"""
