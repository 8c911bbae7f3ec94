"""List prices in USD, of us-east-1 in 2026: what the estimates on the dashboard and in docs/deploy.md are made of."""

from typing import Final

API_REQUEST: Final = 3.50 / 1_000_000
LAMBDA_REQUEST: Final = 0.20 / 1_000_000
LAMBDA_GB_SECOND: Final = 0.0000166667
