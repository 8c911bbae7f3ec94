"""What a deployment costs a month, from its synthesised template and list prices.

make synth && python -m cdk.costs                       prints the tables of docs/deploy.md
python -m cdk.costs --requests 5000000 --milliseconds 30   for other traffic
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, Final

from cdk.application import STACK
from cdk.observability import prices
from cdk.observability.dashboard_bodies import dashboard_bodies

ROOT: Final = Path(__file__).parent.parent
SECONDS_OF_A_MONTH: Final = 30 * 24 * 3600
ERROR_CODES: Final = 10
"""Codes of problems that occur in a month: each is a metric of its own."""
METRIC_KILOBYTES: Final = 3.1
LEAN_METRIC_KILOBYTES: Final = 0.9
LINE_KILOBYTES: Final = 0.3
"""Metrics and line that the service writes for a request: measured with docs/dashboards/run.py, 251 requests."""
PLATFORM_KILOBYTES: Final = 1.5
"""Lambda's three lines and API Gateway's one: estimated."""
IMAGE_GIGABYTES: Final = 0.2
TRACED_SHARE: Final = 0.05
"""X-Ray's default rule: the first request of each second, and this share of the others."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One line of the bill."""

    what: str
    arithmetic: str
    dollars: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a month brings."""

    requests: int
    milliseconds: float
    """Mean duration of an invocation."""

    @property
    def traced(self) -> float:
        """Return the requests that X-Ray samples, if they arrive at random moments (Poisson)."""
        per_second = self.requests / SECONDS_OF_A_MONTH
        first = 1 - exp(-per_second)
        return SECONDS_OF_A_MONTH * (first + TRACED_SHARE * (per_second - first))


def main() -> int:
    """Print both tables, and return the exit code."""
    parser = ArgumentParser("python -m cdk.costs", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--template", type=Path, default=ROOT / "cdk.out" / f"{STACK}.template.json")
    parser.add_argument("--requests", type=int, default=1_000_000, help="requests a month (default: %(default)s)")
    parser.add_argument("--milliseconds", type=float, default=12, help="mean duration (default: %(default)s)")
    options = parser.parse_args()
    try:
        template = json.loads(options.template.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.stderr.write(f"{options.template} does not exist. Run `make synth` first.\n")
        return 1
    traffic = Traffic(options.requests, options.milliseconds)
    fixed, moving = fixed_costs(template), traffic_costs(template, traffic)
    sys.stdout.write(f"**{traffic.requests:,} predictions a month:**\n\n{table(moving)}\n")
    sys.stdout.write(f"**Fixed, once all metrics are in use:**\n\n{table(fixed)}\n")
    total = sum(cost.dollars for cost in [*fixed, *moving])
    sys.stdout.write(f"Together {total:.2f} USD a month.\n")
    return 0


def table(costs: Sequence[Cost]) -> str:
    """Return a table in Markdown, with the sum."""
    rows = [f"| {cost.what} | {cost.arithmetic} | {cost.dollars:.2f} |" for cost in costs]
    total = sum(cost.dollars for cost in costs)
    return "\n".join(["| | arithmetic | USD |", "|---|---|---|", *rows, f"| | | **{total:.2f}** |", ""])


def traffic_costs(template: Mapping[str, Any], traffic: Traffic) -> list[Cost]:
    """Return what grows with the number of requests."""
    count, model = traffic.requests, _model_function(template)
    gigabytes = model["MemorySize"] / 1024
    metrics = LEAN_METRIC_KILOBYTES if _is_lean(model) else METRIC_KILOBYTES
    logged = count * (metrics + LINE_KILOBYTES + PLATFORM_KILOBYTES) / 1_000_000
    return [
        Cost("API Gateway", f"{count:,} x {prices.API_REQUEST * 1e6:.2f} / 1,000,000", count * prices.API_REQUEST),
        Cost("Lambda, requests", f"{count:,} x 0.20 / 1,000,000", count * prices.LAMBDA_REQUEST),
        Cost(
            "Lambda, processing",
            f"{count:,} x {traffic.milliseconds:g} ms x {gigabytes:.2f} GB x {_gb_second(model)}",
            count * traffic.milliseconds / 1000 * gigabytes * _gb_second(model),
        ),
        Cost("Logs", f"{logged:.1f} GB x {prices.LOG_GIGABYTE:.2f}", logged * prices.LOG_GIGABYTE),
        Cost(
            f"X-Ray, {traffic.traced / count:.0%} of the requests",
            f"{traffic.traced:,.0f} x {prices.TRACE * 1e6:.2f} / 1,000,000",
            traffic.traced * prices.TRACE,
        ),
    ]


def fixed_costs(template: Mapping[str, Any]) -> list[Cost]:
    """Return what a month costs without any request, but for metrics: those cost in the hours that have figures."""
    metrics, alarms = len(custom_metrics(template)), alarm_metrics(template)
    dashboards = len(dashboard_bodies(template))
    return [
        Cost("Custom metrics", f"{metrics} x {prices.CUSTOM_METRIC:.2f}", metrics * prices.CUSTOM_METRIC),
        Cost("Alarms, by the metrics they read", f"{alarms} x {prices.ALARM:.2f}", alarms * prices.ALARM),
        Cost("Dashboards, beyond an account's three free ones", f"{dashboards} x 3.00, or 0", 0.0),
        Cost("Image", f"{IMAGE_GIGABYTES} GB x {prices.IMAGE_GIGABYTE:.2f}", IMAGE_GIGABYTES * prices.IMAGE_GIGABYTE),
        *_options(template),
    ]


def _options(template: Mapping[str, Any]) -> Iterator[Cost]:
    for alias in _of_type(template, "AWS::Lambda::Alias"):
        warm = alias.get("ProvisionedConcurrencyConfig", {}).get("ProvisionedConcurrentExecutions", 0)
        gigabytes = _model_function(template)["MemorySize"] / 1024
        dollars = warm * gigabytes * SECONDS_OF_A_MONTH * prices.WARM_GB_SECOND
        if warm:
            yield Cost("Environments kept warm", f"{warm} x {gigabytes:.2f} GB x {SECONDS_OF_A_MONTH:,} s", dollars)
    for acl in _of_type(template, "AWS::WAFv2::WebACL"):
        rules = len(acl["Rules"])
        yield Cost("Firewall", f"5.00 + {rules} rules x 1.00", prices.FIREWALL + rules * prices.FIREWALL_RULE)


def custom_metrics(template: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """Return the service's own metrics that dashboards and alarms name, each with the values of its dimensions.

    A search for error codes stands for ERROR_CODES metrics.
    """
    found: set[tuple[str, ...]] = set()
    for line in _lines(template):
        if isinstance(line[0], dict) and "SEARCH" in line[0]["expression"]:
            found |= {(line[0]["expression"], str(code)) for code in range(ERROR_CODES)}
        elif not isinstance(line[0], dict) and line[0].startswith("Valence"):
            found.add(tuple(part for part in line if isinstance(part, str)))
    return found


def _lines(template: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the metrics of all dashboards. Everything that is emitted is on one of them."""
    for body in dashboard_bodies(template).values():
        for widget in body["widgets"]:
            yield from widget["properties"].get("metrics", [])


def alarm_metrics(template: Mapping[str, Any]) -> int:
    """Return how many metrics all alarms read: an alarm on an expression costs as much as its metrics."""
    alarms = _of_type(template, "AWS::CloudWatch::Alarm")
    queries = [query for alarm in alarms for query in alarm.get("Metrics", [alarm])]
    return sum("MetricStat" in query or "MetricName" in query for query in queries)


def _of_type(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [part["Properties"] for part in template["Resources"].values() if part["Type"] == kind]


def _model_function(template: Mapping[str, Any]) -> dict[str, Any]:
    functions = _of_type(template, "AWS::Lambda::Function")
    return next(part for part in functions if part["ImageConfig"]["Command"] == ["lambda_fn.handler.handler"])


def _gb_second(model: Mapping[str, Any]) -> float:
    return prices.LAMBDA_ARM_GB_SECOND if model["Architectures"] == ["arm64"] else prices.LAMBDA_GB_SECOND


def _is_lean(model: Mapping[str, Any]) -> bool:
    return "VALENCE_LEAN_METRICS" in model["Environment"]["Variables"]


if __name__ == "__main__":
    sys.exit(main())
