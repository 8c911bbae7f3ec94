"""The CDK application: the stack, and the rules that it is held to whenever it is synthesised."""

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from cdk.service_stack import ServiceStack
from cdk.settings import read_settings

STACK: Final = "Valence"
"""The stack of the environment `prod`, whose name all others begin with."""


def stack_name(environment: str) -> str:
    """Return the name of an environment's stack. Everything that needs a name of its own in the account has it."""
    return STACK if environment == "prod" else f"{STACK}-{environment}"


def create_application(context: Mapping[str, Any] | None = None, outdir: str | None = None) -> App:
    """Return the application. `context` is added to what cdk.json and the command line say."""
    application = App(analytics_reporting=False, context=dict(context or {}), outdir=outdir)
    settings = read_settings(application.node)
    ServiceStack(application, stack_name(settings.environment), settings=settings)
    Tags.of(application).add("service", "valence")
    Validations.of(application).add_plugins(AwsSolutionsChecks(application))
    return application
