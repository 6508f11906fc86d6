"""Rules that keep secrets out of manifests."""

import re
from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import mapping, mappings, strings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from moderate.project_rules.group import PROJECT
from moderate.project_rules.pod_rules import WHOLLY_A_TAG
from moderate.project_rules.pods import containers

SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIALS?|(API|ACCESS|PRIVATE)_?KEY"
    r"|KEY_ID)$",
    re.IGNORECASE,
)
# The user information of a URL, with a password written out.
URL_WITH_PASSWORD = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}]*:[^\s/@{}]+@"
)
SECRET_OPTION = re.compile(
    r"--?[\w-]*(password|token|secret|access[_-]key)=[^\s{}$]+",
    re.IGNORECASE,
)


def environment(folder: Folder) -> Iterator[Finding]:
    """Refuse secrets in environment variables; they are not repeated."""
    for container in containers(folder):
        for variable in mappings(container.body.get("env")):
            name = text(variable.get("name"))
            value = text(variable.get("value"))
            if (
                value
                and SECRET_NAME.search(name)
                and not WHOLLY_A_TAG.fullmatch(value)
            ):
                yield container.finding(
                    f"variable {name} looks like a secret and has its value "
                    "written out; use valueFrom.secretKeyRef"
                )


def arguments(folder: Folder) -> Iterator[Finding]:
    """Refuse secrets in command lines; they are not repeated."""
    for container in containers(folder):
        for field in ("command", "args"):
            for keys, value in strings(container.body.get(field), (field,)):
                if SECRET_OPTION.search(value):
                    yield container.finding(
                        f"{'.'.join(keys)} has a secret written out; pass it "
                        "in the environment with valueFrom.secretKeyRef"
                    )


def urls(folder: Folder) -> Iterator[Finding]:
    """Refuse URLs with a password in them; they are not repeated."""
    for manifest in folder.manifests:
        if manifest.where:
            continue
        for keys, value in strings(manifest.document):
            if URL_WITH_PASSWORD.search(value):
                yield Finding(
                    manifest.file,
                    ".".join(keys),
                    "holds a URL with a password; keep the URL in a Secret",
                )


def config_maps(folder: Folder) -> Iterator[Finding]:
    """Refuse secrets in ConfigMaps."""
    for manifest in folder.of_kinds(frozenset({"ConfigMap"})):
        for key, value in mapping(manifest.document, "data").items():
            if value and SECRET_NAME.search(str(key)):
                message = f"'{key}' looks like a secret; keep it in a Secret"
                yield Finding(manifest.file, "data", message)


RULES = tuple(
    Rule(name, summary, check, PROJECT)
    for name, summary, check in (
        (
            "secret-environment",
            "secrets reach the environment by secretKeyRef",
            environment,
        ),
        ("secret-arguments", "command lines hold no secret", arguments),
        ("secret-urls", "URLs hold no password", urls),
        ("secret-config-maps", "ConfigMaps hold no secret", config_maps),
    )
)
