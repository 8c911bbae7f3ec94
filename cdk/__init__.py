"""What runs in AWS: one stack, and a construct for each capability.

npx cdk deploy                     provisions the service (see docs/deploy.md)
python -m cdk.teardown             deletes a deployment
python -m cdk.costs                what a month costs, from the synthesised template
"""

import os

# jsii, on which CDK's Python runs, prints a banner of eleven lines each time that Node.js 20 starts it, which its
# makers no longer support. docs/deploy.md says which version to install.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
