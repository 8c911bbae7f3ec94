"""What the options add. Each of them is off unless the context says otherwise."""

from tests.cdk.synthesis import Synthesis

OPTIONAL = {
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::DomainName",
    "AWS::Events::ApiDestination",
    "AWS::Events::Connection",
    "AWS::Route53::RecordSet",
    "AWS::SNS::Subscription",
    "AWS::WAFv2::WebACL",
    "AWS::WAFv2::WebACLAssociation",
}


def test_options_are_off(synthesis: Synthesis, full_synthesis: Synthesis) -> None:
    assert not synthesis.types() & OPTIONAL
    assert full_synthesis.types() >= OPTIONAL


def test_a_domain_speaks_tls_1_2_and_takes_the_place_of_the_other_address(full_synthesis: Synthesis) -> None:
    domain = full_synthesis.the("AWS::ApiGateway::DomainName")
    assert (domain["DomainName"], domain["SecurityPolicy"]) == ("api.example.com", "TLS_1_2")
    assert full_synthesis.the("AWS::ApiGateway::RestApi")["DisableExecuteApiEndpoint"] is True
    assert full_synthesis.the("AWS::Route53::RecordSet")["Name"] == "api.example.com."
    assert full_synthesis.template["Outputs"]["Url"]["Value"] == "https://api.example.com/"


def test_the_firewall_limits_addresses_and_lets_long_reviews_through(full_synthesis: Synthesis) -> None:
    rate, common, known = full_synthesis.the("AWS::WAFv2::WebACL")["Rules"]
    assert rate["Statement"]["RateBasedStatement"] == {"AggregateKeyType": "IP", "Limit": 6000}
    assert rate["Action"] == {"Block": {}}
    group = common["Statement"]["ManagedRuleGroupStatement"]
    counted = {rule["Name"] for rule in group["RuleActionOverrides"]}
    assert counted == {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"}
    assert known["Statement"]["ManagedRuleGroupStatement"]["Name"] == "AWSManagedRulesKnownBadInputsRuleSet"


def test_the_firewall_keeps_no_samples_of_requests_since_those_have_keys(full_synthesis: Synthesis) -> None:
    acl = full_synthesis.the("AWS::WAFv2::WebACL")
    views = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert not any(view["SampledRequestsEnabled"] for view in views)


def test_logs_are_kept_as_long_as_was_said(full_synthesis: Synthesis) -> None:
    kept = {log["RetentionInDays"] for log in full_synthesis.of_type("AWS::Logs::LogGroup").values()}
    assert kept == {90}
