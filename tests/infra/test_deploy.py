"""What operators are handed holds: schemas, the restricted pod profile, our own rules."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from yamllint import linter
from yamllint.config import YamlLintConfig

from infra.kernel.telemetry import METRICS

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "infra" / "deploy"
MANIFESTS = DEPLOY / "kubernetes"
OLDEST_KUBERNETES = "1.31"
SECRET_NAMES = re.compile(r"(_DSN|_KEY|_PASSWORD|REDIS_URL|SMTP_URL)$")
# Kinds that the cluster does not bring: no schema ships for them.
FOREIGN_KINDS = {"Kustomization", "ServiceMonitor"}
YAML_FILES = sorted(DEPLOY.rglob("*.yaml"))
WORKLOADS = {"Deployment", "Job", "CronJob", "StatefulSet", "DaemonSet", "Pod"}


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(MANIFESTS.glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            yield path.name, document


def kinds(*wanted: str) -> list[Any]:
    return [
        pytest.param(document, id=f"{document['kind']}-{document['metadata']['name']}")
        for _, document in documents()
        if document["kind"] in wanted
    ]


ALL_KINDS = sorted({document["kind"] for _, document in documents()} - FOREIGN_KINDS)


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_yaml_is_tidy(path: Path) -> None:
    config = YamlLintConfig(file=str(DEPLOY / "yamllint.yaml"))
    assert [str(problem) for problem in linter.run(path.read_text(), config)] == []


@pytest.mark.parametrize("manifest", kinds(*ALL_KINDS))
@pytest.mark.parametrize("version", [OLDEST_KUBERNETES, kubernetes_validate.latest_version()])
def test_manifest_fits_the_clusters_schema(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("manifest", kinds(*WORKLOADS))
def test_pod_keeps_to_the_restricted_profile(manifest: dict[str, Any]) -> None:
    pod = manifest["spec"]["template"]["spec"]
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] >= 10_000
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert all({"emptyDir", "persistentVolumeClaim"} & set(volume) for volume in pod["volumes"])
    for container in pod["containers"] + pod.get("initContainers", []):
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert "privileged" not in own
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        assert_pinned(container["image"])


def test_namespace_enforces_the_restricted_profile() -> None:
    labels = yaml.safe_load((MANIFESTS / "namespace.yaml").read_text())["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_only_the_migration_knows_the_owners_address() -> None:
    secrets = {
        document["metadata"]["name"]: set(document["stringData"])
        for _, document in documents()
        if document["kind"] == "Secret"
    }
    assert secrets["atrium-owner"] == {"ATRIUM_OWNER_DSN"}
    assert "ATRIUM_OWNER_DSN" not in secrets["atrium"]
    readers = {
        document["metadata"]["name"]
        for _, document in documents()
        if document["kind"] in WORKLOADS and "atrium-owner" in yaml.safe_dump(document)
    }
    assert readers == {"atrium-migrate"}


def test_api_answers_probes_and_stands_behind_the_wildcard_host() -> None:
    by_kind = {(d["kind"], d["metadata"]["name"]): d for _, d in documents() if "metadata" in d}
    api = by_kind["Deployment", "atrium-api"]["spec"]["template"]
    container = api["spec"]["containers"][0]
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    service = by_kind["Service", "atrium-api"]["spec"]
    assert service["selector"].items() <= api["metadata"]["labels"].items()
    ingress = by_kind["Ingress", "atrium"]["spec"]
    hosts = {rule["host"] for rule in ingress["rules"]}
    assert any(host.startswith("*.") for host in hosts)
    assert hosts == set(ingress["tls"][0]["hosts"])


@pytest.mark.parametrize("manifest", kinds("PodDisruptionBudget", "HorizontalPodAutoscaler"))
def test_budget_and_autoscaler_name_a_deployment_that_exists(manifest: dict[str, Any]) -> None:
    deployments = {
        document["metadata"]["name"]: document["spec"]["selector"]
        for _, document in documents()
        if document["kind"] == "Deployment"
    }
    if manifest["kind"] == "HorizontalPodAutoscaler":
        assert manifest["spec"]["scaleTargetRef"]["name"] in deployments
        assert manifest["spec"]["minReplicas"] >= 2
    else:
        assert manifest["spec"]["selector"] in deployments.values()


def test_network_is_closed_first_and_private_ranges_stay_closed_to_the_world() -> None:
    policies = {
        document["metadata"]["name"]: document["spec"]
        for _, document in documents()
        if document["kind"] == "NetworkPolicy"
    }
    assert policies["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    block = policies["to-the-world"]["egress"][0]["to"][0]["ipBlock"]
    assert {
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
    } <= set(block["except"])


def test_kustomization_lists_what_is_there_and_no_example_secret() -> None:
    listed = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())["resources"]
    by_hand = {"kustomization.yaml", "migrate.yaml", "secret.example.yaml", "monitor.example.yaml"}
    assert set(listed) == {path.name for path in MANIFESTS.glob("*.yaml")} - by_hand


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def test_compose_starts_each_part_after_what_it_needs() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "migrate", "api", "worker"}
    for name, service in services.items():
        for other, condition in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
            assert condition == {"condition": wanted}, name
            if wanted == "service_healthy":
                assert "test" in services[other]["healthcheck"]
    assert {"migrate", "redis"} == set(services["api"]["depends_on"])
    assert {"migrate", "redis"} == set(services["worker"]["depends_on"])


def test_compose_runs_our_parts_without_rights_and_with_pinned_images() -> None:
    for name, service in compose()["services"].items():
        assert_pinned(service["image"])
        if name not in {"postgres", "redis"}:
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_compose_takes_every_secret_from_the_environment_that_the_example_lists() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    used = set(re.findall(r"\$\{([A-Z_]+)", text))
    example = (DEPLOY / "atrium.env.example").read_text()
    listed = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, flags=re.MULTILINE))
    assert used <= set(listed)
    for name, value in listed.items():
        if SECRET_NAMES.search(name):
            assert "CHANGE-ME" in value, name
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAMES.search(name):
                assert value.startswith("${"), name
    assert "ATRIUM_OWNER_DSN" not in compose()["services"]["api"]["environment"]
    assert "ATRIUM_OWNER_DSN" not in compose()["services"]["worker"]["environment"]


def test_container_is_built_from_pinned_parts_and_runs_as_a_numbered_user() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    lines = text.replace("\\\n", " ").splitlines()
    instructions = [line.split(maxsplit=1) for line in lines if re.match(r"[A-Z]+ ", line)]
    names = [name for name, _ in instructions]
    assert re.search(r"^ARG PYTHON=3\.\d+\.\d+-slim-\w+$", text, flags=re.MULTILINE)
    assert [rest for name, rest in instructions if name == "FROM"] == [
        "python:${PYTHON} AS build",
        "python:${PYTHON}",
    ]
    assert "ADD" not in names
    assert "://" not in text.replace("http://127.0.0.1:8000", "")
    assert "--require-hashes" in text
    user = [rest for name, rest in instructions if name == "USER"][-1]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert names.index("HEALTHCHECK") > names.index("USER")
    assert not re.search(r"apt-get|curl|wget|sudo|chmod 777", text)


def test_container_copies_only_paths_that_its_ignore_file_lets_through() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    copied = {
        path
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, flags=re.MULTILINE)
        for path in line.split()[:-1]
    }
    ignore = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    assert copied == {line[1:] for line in ignore if line.startswith("!")}


def test_every_alert_says_how_bad_it_is_and_which_page_to_open() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts" / "atrium.rules.yaml").read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts)
    for alert in alerts:
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"]["summary"]
        page, _, heading = alert["annotations"]["runbook"].partition("#")
        headings = re.findall(r"^## (.+)$", (ROOT / page).read_text(), flags=re.MULTILINE)
        assert heading in {name.lower().replace(" ", "-") for name in headings}
        assert re.search(r"atrium_\w+|up\{", alert["expr"])


def test_every_metric_that_an_alert_asks_for_is_one_that_we_export() -> None:
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
    exported = {
        family.name + ending for family in METRICS.collect() for ending in endings[family.type]
    }
    asked = set()
    for page in (DEPLOY / "alerts").glob("*.yaml"):
        asked |= set(re.findall(r"\batrium_\w+", page.read_text()))
    assert asked
    assert asked <= exported


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_script_parses_stops_at_the_first_fault_and_can_be_started(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    assert re.search(r"^set -eu$", script.read_text(), flags=re.MULTILINE)
    assert script.stat().st_mode & 0o111


def assert_pinned(image: str) -> None:
    name, _, tag = image.rpartition(":")
    assert name, f"{image} has no tag"
    assert re.match(r"\d+\.\d+", tag), f"{image} is not pinned"
    assert "." not in name.split("/")[0], f"{image} names a registry"
