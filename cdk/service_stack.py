"""The stack: creates the constructs and grants the permissions between them."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from cdk.api.firewall import Firewall
from cdk.api.own_domain import OwnDomain
from cdk.api.public_api import PublicApi
from cdk.compute.drift_check import DriftCheck
from cdk.compute.model_function import ALIAS, ModelFunction
from cdk.compute.smoke_check import SmokeCheck
from cdk.observability.alarms import Alarms
from cdk.observability.api_traffic import ApiTraffic
from cdk.observability.figures import PlatformFigures, ServiceFigures
from cdk.observability.model_dashboard import ModelDashboard
from cdk.observability.notifications import Notifications
from cdk.observability.probe import Probe
from cdk.observability.saved_queries import SavedQueries
from cdk.observability.served_models import served_models
from cdk.observability.service_dashboard import ServiceDashboard
from cdk.observability.version_traffic import VersionTraffic
from cdk.settings import DeploymentSettings
from cdk.storage.upload_store import UploadStore


class ServiceStack(Stack):
    """Everything that the service needs in one region of one account."""

    def __init__(self, scope: Construct, name: str, *, settings: DeploymentSettings) -> None:
        super().__init__(
            scope,
            name,
            description="Valence: sentiment over HTTP, with its dashboards and alarms.",
            termination_protection=settings.termination_protection,
        )
        self._settings = settings
        self.uploads = UploadStore(self, "Uploads", keep=settings.keep_data)
        self.model = ModelFunction(self, "Model", settings=settings)
        self.uploads.let_read(self.model.function, self.model.role)
        self.public = PublicApi(self, "Public", backend=self.model.alias, settings=settings)
        self.drift = DriftCheck(self, "Drift", settings=settings)
        self._traffic = ApiTraffic(self.stack_name, settings.stage_name, self.model.function, settings.memory_mb)
        figures = ServiceFigures(self.stack_name)
        self._new_version = VersionTraffic(figures, self.model.function, ALIAS, self.model.version)
        self._add_options()
        self.notifications = Notifications(self, "Notifications", email=settings.alarm_email)
        self.alarms = self._add_alarms()
        self._add_views()
        self._add_outputs()

    def _add_options(self) -> None:
        settings = self._settings
        if settings.waf:
            Firewall(self, "Firewall", stage=self.public.stage, settings=settings)
        if settings.custom_domain is not None:
            OwnDomain(self, "Domain", stage=self.public.stage, domain=settings.custom_domain)
        if settings.probe:
            Probe(self, "Probe", url=self._url())

    def _add_alarms(self) -> Alarms:
        alarms = Alarms(self, "Alarms", topic=self.notifications.topic, settings=self._settings)
        alarms.watch_traffic(self._traffic)
        if self._settings.canary != "none":
            smoke = SmokeCheck(self, "Smoke", model=self.model, settings=self._settings)
            self.model.roll_back_on(alarms.watch_new_version(self._new_version), smoke.function)
        if self._settings.probe:
            alarms.watch_reachability(self._traffic)
        for model in served_models():
            alarms.watch_model(model)
        alarms.watch_dead_letters(self.drift.dead_letters)
        alarms.watch_drift_check(self.drift.function)
        return alarms

    def _add_views(self) -> None:
        ServiceDashboard(
            self,
            "ServiceDashboard",
            traffic=self._traffic,
            new_version=self._new_version,
            checks=self.drift,
            access_log=self.public.access_log,
            memory=PlatformFigures(self, "Platform", log=self.model.log).memory,
            alarms=self.alarms.every,
            settings=self._settings,
        )
        ModelDashboard(self, "ModelDashboard", models=served_models(), settings=self._settings)
        SavedQueries(self, "Queries", service=self.model.log, access=self.public.access_log)

    def _add_outputs(self) -> None:
        key = self.public.key.key_id
        command = f"aws apigateway get-api-key --api-key {key} --include-value --query value --output text"
        self._output("Url", self._url(), "Where the service answers")
        self._output("ApiKeyCommand", f"{command} --region {self.region}", "Prints the first API key")
        self._output("AlarmTopic", self.notifications.topic.topic_arn, "Subscribe to it to be told of alarms")
        self._output(
            "UploadsBucketName",
            self.uploads.bucket.bucket_name,
            "Put media here, below the id of an API key: s3:// URLs may name them",
        )

    def _url(self) -> str:
        domain = self._settings.custom_domain
        return self.public.api.url if domain is None else f"https://{domain.host}/"

    def _output(self, name: str, value: str, meaning: str) -> None:
        CfnOutput(self, name, value=value, description=meaning)
