"""What the `cdk` command runs, as cdk.json says."""

import sys

from cdk.application import create_application
from cdk.settings import ContextError

try:
    application = create_application()
except ContextError as error:
    sys.exit(str(error))
application.synth()
