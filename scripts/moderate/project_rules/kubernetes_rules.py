"""Rules on Kubernetes' own objects, on metadata and on unknown kinds."""

from collections.abc import Iterator

from pydantic import ValidationError

from argo_offline.lint.fields import kinds
from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, suggestion, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from moderate.project_rules.group import PROJECT
from moderate.project_rules.kubernetes_models import CORE_KINDS, Closed


def known_kinds(folder: Folder) -> Iterator[Finding]:
    """Refuse objects of kinds that lint cannot check."""
    known = kinds() | set(CORE_KINDS)
    for manifest in folder.manifests:
        if manifest.kind not in known:
            hint = suggestion(manifest.kind, known)
            listed = ", ".join(sorted(known))
            message = f"kind '{manifest.kind}' is not one of {listed}{hint}"
            yield Finding(manifest.file, manifest.where or "object", message)


def core_fields(folder: Folder) -> Iterator[Finding]:
    """Refuse Kubernetes' objects with unknown, missing or wrong fields."""
    for manifest in folder.manifests:
        model = CORE_KINDS.get(manifest.kind)
        if model:
            for where, message in problems(manifest.document, model):
                yield Finding(manifest.file, where, message)


def problems(document: Json, model: type[Closed]) -> Iterator[tuple[str, str]]:
    """Validate an object with a model.

    Args:
        document: The object.
        model: The model of its kind.

    Yields:
        Path, and what is wrong there.
    """
    try:
        model.model_validate(dict(document))
    except ValidationError as error:
        known = {text(f.alias) for f in model.model_fields.values()}
        for item in error.errors(include_input=False, include_url=False):
            *above, last = [str(key) for key in item["loc"]]
            where = ".".join([*above, last])
            message = item["msg"].lower()
            if item["type"] == "extra_forbidden":
                hint = "" if above else suggestion(last, known)
                message = f"there is no field '{last}'{hint}"
            yield where, message


RULES = (
    Rule(
        "kinds",
        "every object is of a kind that lint checks",
        known_kinds,
        PROJECT,
    ),
    Rule(
        "core-fields",
        "Kubernetes' objects have the fields of their kind",
        core_fields,
        PROJECT,
    ),
)
