"""``emptyDir`` volumes: folders of each node's own."""

import re
from typing import Any

from argo_offline.errors import ManifestError
from argo_offline.run.nodes import Json

_NAME_PART = r"[\w.-]"


def with_own_volumes(
    template: Json, workflow_volumes: list[Json], token: str, source: str
) -> Json:
    """Rewrites the mount paths in a container template.

    Only the template's own text is rewritten, before any value comes in.

    Args:
        template: The template, tags not yet replaced.
        workflow_volumes: The workflow's volumes.
        token: Stands for the folder of volumes until a node has one.
        source: The manifest's source, for messages.

    Returns:
        The template with ``/<token>/<volume>`` for each mount path.

    Raises:
        ManifestError: A volume is not declared, or an output is outside of
            all volumes.
    """
    if "container" not in template:
        return template
    place = f"{source}: template {template.get('name')}"
    container: Json = template["container"]
    mounts = _mounts(template, workflow_volumes, place)
    _check_outputs(template, mounts, place)
    changed = dict(container)
    for name in ("command", "args", "workingDir", "env"):
        if name in container:
            changed[name] = _rewritten(container[name], mounts, token)
    rewritten = {**template, "container": changed}
    if "outputs" in template:
        outputs = _rewritten(template["outputs"], mounts, token, only="path")
        rewritten["outputs"] = outputs
    return rewritten


def _mounts(
    template: Json, workflow_volumes: list[Json], place: str
) -> dict[str, str]:
    declared = {
        volume["name"]
        for volume in [*workflow_volumes, *template.get("volumes", [])]
    }
    mounts: dict[str, str] = {}
    for mount in template["container"].get("volumeMounts", []):
        if mount["name"] not in declared:
            raise ManifestError(
                f"{place}: container.volumeMounts: the volume "
                f"{mount['name']} is not declared"
            )
        mounts[mount["mountPath"].rstrip("/")] = mount["name"]
    return mounts


def _check_outputs(template: Json, mounts: dict[str, str], place: str) -> None:
    for parameter in template.get("outputs", {}).get("parameters", []):
        path = str(parameter.get("valueFrom", {}).get("path", ""))
        if not any(path.startswith(f"{mount}/") for mount in mounts):
            raise ManifestError(
                f"{place}: outputs.parameters.{parameter['name']}.valueFrom."
                f"path: {path or 'missing'} is not below an emptyDir mount; "
                "local processes share one file system, so mount one there"
            )


def _rewritten(
    value: Any,
    mounts: dict[str, str],
    token: str,
    only: str = "",
) -> Any:
    if isinstance(value, str):
        return value if only else _rewrite_text(value, mounts, token)
    if isinstance(value, list):
        return [_rewritten(item, mounts, token, only) for item in value]
    if isinstance(value, dict):
        return {
            name: _rewritten(item, mounts, token, "" if name == only else only)
            for name, item in value.items()
        }
    return value


def _rewrite_text(text: str, mounts: dict[str, str], token: str) -> str:
    for path in sorted(mounts, key=len, reverse=True):
        pattern = rf"(?<!{_NAME_PART})(?<!/){re.escape(path)}(?!{_NAME_PART})"
        text = re.sub(pattern, f"/{token}/{mounts[path]}", text)
    return text
