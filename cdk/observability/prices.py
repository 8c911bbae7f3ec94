"""List prices in USD, of us-east-1 in 2026: for the estimates on the dashboard and of cdk.costs."""

from typing import Final

API_REQUEST: Final = 3.50 / 1_000_000
LAMBDA_REQUEST: Final = 0.20 / 1_000_000
LAMBDA_GB_SECOND: Final = 0.0000166667
LAMBDA_ARM_GB_SECOND: Final = 0.0000133334
WARM_GB_SECOND: Final = 0.0000041667
LOG_GIGABYTE: Final = 0.50
TRACE: Final = 5.00 / 1_000_000
CUSTOM_METRIC: Final = 0.30
ALARM: Final = 0.10
IMAGE_GIGABYTE: Final = 0.10
FIREWALL: Final = 5.00
FIREWALL_RULE: Final = 1.00
