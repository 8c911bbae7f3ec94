"""What the `cdk` command runs, as cdk.json says."""

from cdk.application import create_application

create_application().synth()
