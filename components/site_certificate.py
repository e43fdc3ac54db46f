"""The certificate of the site's own domain, validated by a record in its Route 53 zone."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# CloudFront accepts certificates from this region only.
REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class SiteCertificateArgs:
    """The site's host name and its Route 53 zone. docs/operate.md explains how to delegate the zone."""

    domain_name: str
    hosted_zone_id: str

    def __post_init__(self) -> None:
        if not self.domain_name:
            raise ValueError("domain_name must not be empty")
        if not self.hosted_zone_id:
            raise ValueError("hosted_zone_id must not be empty")


class SiteCertificate(pulumi.ComponentResource):
    """The certificate, the DNS record that proves the domain is ours, and the wait until it is issued."""

    def __init__(
        self, name: str, args: SiteCertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("order-desk:index:SiteCertificate", name, None, opts)
        self._name, self._args = name, args
        self.domain_name, self.hosted_zone_id = args.domain_name, args.hosted_zone_id
        certificate = self._certificate()
        # The ARN is the validation's output, so that CloudFront waits until the certificate is issued.
        self.arn = self._validation(certificate, self._proof(certificate)).certificate_arn
        self.register_outputs({"arn": self.arn})

    def _certificate(self) -> aws.acm.Certificate:
        return aws.acm.Certificate(
            f"{self._name}-certificate",
            domain_name=self.domain_name,
            validation_method="DNS",
            region=REGION,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _proof(self, certificate: aws.acm.Certificate) -> aws.route53.Record:
        option = certificate.domain_validation_options[0]
        return aws.route53.Record(
            f"{self._name}-proof",
            zone_id=self.hosted_zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            records=[option.resource_record_value],
            ttl=300,
            allow_overwrite=True,  # all certificates of this domain share one record
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _validation(
        self, certificate: aws.acm.Certificate, proof: aws.route53.Record
    ) -> aws.acm.CertificateValidation:
        return aws.acm.CertificateValidation(
            f"{self._name}-validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
            region=REGION,
            opts=pulumi.ResourceOptions(parent=self),
        )
