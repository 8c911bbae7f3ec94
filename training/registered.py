"""Parts of a recipe that a registry describes: their `kind` names the entry, which may be another package's."""

from typing import Any

from pydantic import TypeAdapter

from model_bundle.registry import Registry


def validate_registered(registry: Registry[Any], value: Any) -> Any:
    """Return plain values as the recipe that their `kind` names; ValueError if there is no such kind."""
    if not isinstance(value, dict):
        return value
    if "kind" not in value:
        raise ValueError(f"`kind` is missing; choose from {', '.join(registry)}")
    return TypeAdapter(registry[str(value["kind"])]).validate_python(value)
