"""The optional firewall in front of the API."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from cdk.settings import DeploymentSettings

_Rule = wafv2.CfnWebACL.RuleProperty
_Statement = wafv2.CfnWebACL.StatementProperty


class Firewall(Construct):
    """A web ACL: a rate limit per address, and AWS's managed rules for common attacks."""

    def __init__(self, scope: Construct, name: str, *, stage: apigateway.Stage, settings: DeploymentSettings) -> None:
        super().__init__(scope, name)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility("Firewall"),
            rules=[_rate_rule(settings.waf_requests_per_5_minutes), _common_rules(), _known_bad_inputs()],
        )
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn)


def _rate_rule(limit: int) -> _Rule:
    statement = wafv2.CfnWebACL.RateBasedStatementProperty(limit=limit, aggregate_key_type="IP")
    return _Rule(
        name="RatePerAddress",
        priority=0,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=_Statement(rate_based_statement=statement),
        visibility_config=_visibility("RatePerAddress"),
    )


def _common_rules() -> _Rule:
    # Those two rules would block ordinary requests: bodies over 8 KB, and reviews that mention scripts.
    counted = ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"]
    overrides = [
        wafv2.CfnWebACL.RuleActionOverrideProperty(
            name=rule, action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={})
        )
        for rule in counted
    ]
    return _managed("AWSManagedRulesCommonRuleSet", 1, overrides)


def _known_bad_inputs() -> _Rule:
    return _managed("AWSManagedRulesKnownBadInputsRuleSet", 2, [])


def _managed(name: str, priority: int, overrides: list[wafv2.CfnWebACL.RuleActionOverrideProperty]) -> _Rule:
    group = wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=name, rule_action_overrides=overrides or None
    )
    return _Rule(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=_Statement(managed_rule_group_statement=group),
        visibility_config=_visibility(name),
    )


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        # Samples would hold the headers of requests, and with them the keys.
        sampled_requests_enabled=False,
        cloud_watch_metrics_enabled=True,
        metric_name=name,
    )
