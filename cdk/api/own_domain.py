"""The optional custom domain."""

from aws_cdk import CfnOutput
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk.aws_route53_targets import ApiGatewayDomain
from constructs import Construct

from cdk.settings import CustomDomain


class OwnDomain(Construct):
    """A domain name over TLS 1.2 for the stage, and its record if the zone is known."""

    def __init__(self, scope: Construct, name: str, *, stage: apigateway.Stage, domain: CustomDomain) -> None:
        super().__init__(scope, name)
        gateway_domain = apigateway.DomainName(
            self,
            "Name",
            domain_name=domain.host,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", domain.certificate_arn),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        apigateway.BasePathMapping(self, "Mapping", domain_name=gateway_domain, rest_api=stage.rest_api, stage=stage)
        CfnOutput(self, "DomainTarget", value=gateway_domain.domain_name_alias_domain_name).override_logical_id(
            "DomainTarget"
        )
        self._add_record(gateway_domain, domain)

    def _add_record(self, gateway_domain: apigateway.DomainName, domain: CustomDomain) -> None:
        if domain.zone_id is None or domain.zone_name is None:
            return
        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=domain.zone_id, zone_name=domain.zone_name
        )
        route53.ARecord(
            self,
            "Record",
            zone=zone,
            record_name=f"{domain.host}.",
            target=route53.RecordTarget.from_alias(ApiGatewayDomain(gateway_domain)),
        )
