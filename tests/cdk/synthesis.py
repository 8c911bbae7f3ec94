"""Synthesises the stack for a test, and finds things in its template."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cdk.application import STACK, create_application
from cdk.settings import PREFIX

ROOT = Path(__file__).parent.parent.parent
Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What `cdk synth` wrote."""

    folder: Path
    template: dict[str, Any]
    report: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Self:
        template = json.loads(next(folder.glob(f"{STACK}*.template.json")).read_text(encoding="utf-8"))
        report = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
        return cls(folder, template, report)

    @property
    def template_file(self) -> Path:
        return next(self.folder.glob(f"{STACK}*.template.json"))

    @property
    def resources(self) -> dict[str, Resource]:
        resources: dict[str, Resource] = self.template["Resources"]
        return resources

    def types(self) -> set[str]:
        return {resource["Type"] for resource in self.resources.values()}

    def of_type(self, kind: str) -> dict[str, Resource]:
        """The properties of the resources of a type, by logical id."""
        return {name: found["Properties"] for name, found in self.resources.items() if found["Type"] == kind}

    def the(self, kind: str, start: str = "") -> Resource:
        """The properties of the one resource of a type whose logical id begins so."""
        [properties] = [found for name, found in self.of_type(kind).items() if name.startswith(start)]
        return dict(properties)

    def statements(self) -> list[Resource]:
        """What the policies of the stack's roles allow."""
        policies = self.of_type("AWS::IAM::Policy").values()
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def synthesise(folder: Path, **settings: Any) -> Synthesis:
    """Synthesise the stack as cdk.json has it, with other settings."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    context.update({PREFIX + name: value for name, value in settings.items()})
    create_application(context, outdir=str(folder)).synth()
    return Synthesis.read(folder)
