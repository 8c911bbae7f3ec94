"""Reads dashboards back out of a synthesised template."""

import json
from collections.abc import Mapping
from typing import Any

KIND = "AWS::CloudWatch::Dashboard"


def dashboard_bodies(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the dashboards' bodies by name, with logical ids in place of what only a deployment knows."""
    parts = [part["Properties"] for part in template["Resources"].values() if part["Type"] == KIND]
    return {part["DashboardName"]: json.loads(_text(part["DashboardBody"])) for part in parts}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else _name(part) for part in value["Fn::Join"][1])


def _name(reference: dict[str, Any]) -> str:
    return str(reference.get("Ref") or reference["Fn::GetAtt"][0])
