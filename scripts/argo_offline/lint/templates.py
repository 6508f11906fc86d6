"""Rules on templates: where they are named, and what they have to hold."""

import re
from collections.abc import Iterator

import yaml

from argo_offline.errors import LocalRunError
from argo_offline.go_values import parse_duration, whole_number
from argo_offline.lint.rule import STRICT, Rule
from argo_offline.manifests.access import (
    Json,
    mapping,
    mappings,
    names,
    repeated,
    sequence,
    text,
)
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    COMPOSITE_TYPES,
    TEMPLATE_TYPES,
    Template,
    Workflow,
    all_templates,
    missing_workflow,
    named_target,
    referenced_workflow,
    target,
    workflows,
)

TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def _number_problem(value: object, least: int | None = None) -> str:
    """Check a whole number that may be written as text or as a tag."""
    if isinstance(value, str) and TAG.fullmatch(value):
        return ""
    try:
        number = whole_number(value)
    except LocalRunError as error:
        return f"'{value}' is no number: {error}; write a whole one"
    below = least is not None and number < least
    return f"{value} is below {least}" if below else ""


def _duration_problem(value: object) -> str:
    """Check a duration."""
    try:
        if "{{" not in str(value):
            parse_duration(str(value))
    except LocalRunError:
        return f"'{value}' is no duration; write it like 90s or 1h30m"
    return ""


def _yaml_problem(text: str) -> str:
    """Check a YAML document that stands in a string."""
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return " ".join(str(error).split())
    return ""


EXIT_HOOK = "exit"
RETRY_POLICIES = ("Always", "OnError", "OnFailure", "OnTransientError")
ACTIONS = ("get", "create", "apply", "delete", "replace", "patch")
WITHOUT_MANIFEST = frozenset({"get", "delete"})
POD_GC = (
    "OnPodCompletion",
    "OnPodSuccess",
    "OnWorkflowCompletion",
    "OnWorkflowSuccess",
)
IMAGE_TYPES = ("container", "script")
VALUES = ("value", "valueFrom")
SOURCES = ("path", "jqFilter", "jsonPath", "parameter", "expression")
NEEDED_SOURCES = {
    "container": ("path",),
    "containerSet": ("path",),
    "script": ("path",),
    "resource": ("jqFilter", "jsonPath"),
    "dag": ("parameter", "expression"),
    "steps": ("parameter", "expression"),
}


def entrypoints(folder: Folder) -> Iterator[Finding]:
    """Refuse workflows that start nowhere, or whose template is not there."""
    for workflow in workflows(folder):
        if workflow.reference:
            yield from _of_reference(workflow, folder)
        stated = workflow.spec.get("entrypoint") or workflow.reference
        if not stated and not workflow.is_template:
            yield workflow.finding(
                "workflow",
                "has no entrypoint; name the template to start with in "
                "'entrypoint'",
            )
        for field in ("entrypoint", "onExit"):
            name = text(workflow.spec.get(field))
            call = {"template": name}
            problem = name and named_target(call, workflow, folder).problem
            if problem:
                yield workflow.finding("workflow", f"{field}: {problem}")


def _of_reference(workflow: Workflow, folder: Folder) -> Iterator[Finding]:
    base = referenced_workflow(workflow.reference, folder)
    if base is None:
        if not workflow.manifest.where:
            yield _missing(workflow, folder)
    elif not (base.spec.get("entrypoint") or workflow.spec.get("entrypoint")):
        yield workflow.finding(
            "workflow",
            f"has no entrypoint, nor has {base.manifest.kind} "
            f"{base.manifest.name}; name the template to start with",
        )
    if workflow.spec.get("templates"):
        yield workflow.finding(
            "workflow",
            "has templates and a workflowTemplateRef; keep one of them",
        )


def _missing(workflow: Workflow, folder: Folder) -> Finding:
    message = missing_workflow(workflow.reference, folder)
    return workflow.finding("workflow", f"workflowTemplateRef: {message}")


def _triggered_templates(folder: Folder) -> Iterator[Finding]:
    """Refuse triggers whose workflow template is not among the files."""
    for workflow in workflows(folder):
        reference = workflow.manifest.where and workflow.reference
        if reference and referenced_workflow(reference, folder) is None:
            yield _missing(workflow, folder)


def _called_templates(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks and steps that name no template that exists."""
    for template in all_templates(folder):
        for call in template.calls:
            problem = target(call.body, template, folder).problem
            if problem:
                yield template.finding(call, problem)


def _hooked_templates(folder: Folder) -> Iterator[Finding]:
    """Refuse hooks that name no template that exists."""
    for workflow in workflows(folder):
        for name, hook in workflow.hooks.items():
            problem = named_target(hook, workflow, folder).problem
            if problem:
                yield workflow.finding("workflow", f"hook {name}: {problem}")
    for template in all_templates(folder):
        for call in template.calls:
            hooks = dict(call.hooks)
            if call.body.get("onExit"):
                hooks["onExit"] = {"template": call.body["onExit"]}
            for name, hook in hooks.items():
                problem = target(hook, template, folder).problem
                if problem:
                    yield template.finding(call, f"hook {name}: {problem}")


def _hook_expressions(folder: Folder) -> Iterator[Finding]:
    """Refuse hooks, other than exit, without an expression."""
    message = "needs an 'expression' for when it runs"
    for workflow in workflows(folder):
        for name in _without_expression(workflow.hooks):
            yield workflow.finding("workflow", f"hook {name} {message}")
        for template in workflow.templates:
            for call in template.calls:
                for name in _without_expression(call.hooks):
                    yield template.finding(call, f"hook {name} {message}")


def _without_expression(hooks: dict[str, Json]) -> list[str]:
    return [
        name
        for name, hook in hooks.items()
        if name != EXIT_HOOK and not hook.get("expression")
    ]


def _one_type(folder: Folder) -> Iterator[Finding]:
    """Refuse templates that are of no type or of more than one."""
    for template in all_templates(folder):
        types = [name for name in TEMPLATE_TYPES if name in template.body]
        if len(types) != 1:
            has = " and ".join(types) or "no type"
            message = f"has {has}; choose one of {', '.join(TEMPLATE_TYPES)}"
            yield template.finding(None, message)


def limits(folder: Folder) -> Iterator[Finding]:
    """Refuse limits that a template of this type does not have."""
    for template in all_templates(folder):
        for message in _limit_problems(template):
            yield template.finding(None, message)


def _limit_problems(template: Template) -> Iterator[str]:
    body, kind = template.body, template.kind
    composite = kind in COMPOSITE_TYPES
    deadline, timeout = body.get("activeDeadlineSeconds"), body.get("timeout")
    if composite and deadline is not None:
        yield (
            f"activeDeadlineSeconds is for pods, not for {kind}; set it in "
            "the templates that it calls"
        )
    elif deadline is not None and (problem := _number_problem(deadline, 0)):
        yield f"activeDeadlineSeconds {problem}"
    if composite and timeout:
        yield f"timeout is for pods, not for {kind}; remove it"
    elif isinstance(timeout, str) and timeout.lstrip("+-").isdecimal():
        yield f"timeout '{timeout}' has no unit; write {timeout}s"
    if kind and not composite and body.get("parallelism") is not None:
        yield "parallelism is for dag and steps, not for a pod; remove it"
    policy = mapping(body, "retryStrategy").get("retryPolicy")
    if policy and policy not in RETRY_POLICIES:
        yield (
            f"retryPolicy '{policy}' is none of {', '.join(RETRY_POLICIES)}"
        )
    if kind == "dag" and not template.calls:
        yield "has no tasks; add one"


def durations(folder: Folder) -> Iterator[Finding]:
    """Refuse durations and numbers that end a node in an error."""
    for workflow in workflows(folder):
        for message in _retry_problems(workflow.spec):
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            for message in _retry_problems(template.body):
                yield template.finding(None, message)
            timeout = template.body.get("timeout")
            if timeout and (problem := _duration_problem(timeout)):
                yield template.finding(None, f"timeout {problem}")


def _retry_problems(body: Json) -> Iterator[str]:
    strategy = mapping(body, "retryStrategy")
    if "limit" in strategy and (problem := _number_problem(strategy["limit"])):
        yield f"retryStrategy.limit {problem}"
    backoff = mapping(strategy, "backoff")
    if backoff and not backoff.get("duration"):
        yield "retryStrategy.backoff has no duration; set it"
    for name in ("duration", "cap", "maxDuration"):
        if backoff.get(name) and (problem := _duration_problem(backoff[name])):
            yield f"retryStrategy.backoff.{name} {problem}"
    factor = backoff.get("factor")
    if factor is not None and (problem := _number_problem(factor)):
        yield f"retryStrategy.backoff.factor {problem}"


def pods(folder: Folder) -> Iterator[Finding]:
    """Refuse pods that lack what they run, or mount a path twice."""
    for template in all_templates(folder):
        for message in _pod_problems(template):
            yield template.finding(None, message)
    for workflow in workflows(folder):
        strategy = mapping(workflow.spec, "podGC").get("strategy")
        if strategy and strategy not in POD_GC:
            message = f"podGC.strategy '{strategy}' is none of "
            yield workflow.finding("workflow", message + ", ".join(POD_GC))


def _pod_problems(template: Template) -> Iterator[str]:
    body = template.body
    defaults = mapping(template.workflow.spec, "templateDefaults")
    for kind in IMAGE_TYPES:
        images = (
            mapping(part, kind).get("image") for part in (body, defaults)
        )
        if kind in body and not any(images):
            yield f"{kind}: has no image; set 'image'"
    mounts = mappings(mapping(body, "container").get("volumeMounts"))
    paths = [text(mount.get("mountPath")) for mount in mounts]
    paths += [text(item.get("path")) for item in template.inputs("artifacts")]
    if "container" in body:
        for path in repeated([path for path in paths if path]):
            yield f"container: two mounts or artifacts are at '{path}'"
    if "" in names(body.get("initContainers")):
        yield "an initContainer has no name; set it"
    if "resource" in body:
        yield from _resource_problems(mapping(body, "resource"))
    if "containerSet" in body:
        yield from _container_set_problems(template)


def _resource_problems(resource: Json) -> Iterator[str]:
    action = text(resource.get("action"))
    if action not in ACTIONS and "{{" not in action:
        yield f"resource.action '{action}' is none of {', '.join(ACTIONS)}"
    stated = [key for key in ("manifest", "manifestFrom") if resource.get(key)]
    if not stated and action not in WITHOUT_MANIFEST:
        yield "resource has no manifest; set manifest or manifestFrom"
    if len(stated) > 1:
        yield "resource has manifest and manifestFrom; keep one of them"
    manifest = text(resource.get("manifest"))
    if not TAG.fullmatch(manifest) and _yaml_problem(TAG.sub("x", manifest)):
        yield "resource.manifest is no YAML; correct it"


def _container_set_problems(template: Template) -> Iterator[str]:
    containers = mappings(
        mapping(template.body, "containerSet").get("containers")
    )
    known = names(containers)
    if not containers:
        yield "containerSet has no containers; add one"
    for name in repeated(known):
        yield f"containerSet has more than one container '{name}'"
    for item in containers:
        for awaited in sequence(item.get("dependencies")):
            if awaited not in known:
                yield f"containerSet: there is no container '{awaited}'"
    handed_on = [*template.inputs("artifacts"), *template.outputs()]
    handed_on += template.outputs("artifacts")
    if containers and handed_on and "main" not in known:
        yield "containerSet needs a container 'main' for inputs and outputs"


def outputs(folder: Folder) -> Iterator[Finding]:
    """Refuse outputs, and input artifacts, that lead nowhere."""
    for template in all_templates(folder):
        for message in _output_problems(template):
            yield template.finding(None, message)
        for message in _artifact_problems(template):
            yield template.finding(None, message)


def _output_problems(template: Template) -> Iterator[str]:
    needed = NEEDED_SOURCES.get(template.kind, ())
    for output in template.outputs():
        name = text(output.get("name"))
        stated = [key for key in VALUES if output.get(key) is not None]
        if len(stated) != 1:
            yield (
                f"output '{name}' needs one of value and valueFrom, "
                f"it has {' and '.join(stated) or 'neither'}"
            )
        source = output.get("valueFrom")
        if stated != ["valueFrom"]:
            continue
        given = [key for key in SOURCES if mapping(source).get(key)]
        supplied = mapping(source).get("supplied") is not None
        if len(given) + supplied != 1:
            yield (
                f"output '{name}': valueFrom needs one of "
                f"{', '.join(SOURCES)}, it has {len(given) + supplied}"
            )
        elif needed and not set(given) & set(needed):
            yield (
                f"output '{name}': valueFrom of a {template.kind} needs "
                f"{' or '.join(needed)}"
            )


def _artifact_problems(template: Template) -> Iterator[str]:
    composite = template.kind in COMPOSITE_TYPES
    for way, items in (
        ("input", template.inputs("artifacts")),
        ("output", template.outputs("artifacts")),
    ):
        for item in items:
            name, path = text(item.get("name")), item.get("path")
            if composite and path:
                yield f"{way} artifact '{name}': a path is for pods only"
            if template.kind and not composite and not path:
                yield f"{way} artifact '{name}' has no path; set it"
            if way == "input" and item.get("from"):
                yield f"input artifact '{name}': 'from' is for arguments only"
            git = item.get("git")
            if git is not None and not mapping(git).get("repo"):
                yield f"{way} artifact '{name}': git has no repo; set it"


def metrics(folder: Folder) -> Iterator[Finding]:
    """Refuse metrics without help or value."""
    for template in all_templates(folder):
        listed = mapping(template.body, "metrics").get("prometheus")
        for metric in mappings(listed):
            name = text(metric.get("name"))
            if not name.replace("_", "a").isalnum() or name[:1].isdecimal():
                yield template.finding(None, f"metric '{name}' is no name")
            if not metric.get("help"):
                message = f"metric '{name}' has no help; set it"
                yield template.finding(None, message)
            for kind in ("gauge", "counter", "histogram"):
                empty = not mapping(metric, kind).get("value")
                if metric.get(kind) is not None and empty:
                    message = f"metric '{name}': {kind} has no value; set it"
                    yield template.finding(None, message)
            gauge = mapping(metric, "gauge")
            resources = "resourcesDuration." in text(gauge.get("value"))
            if gauge.get("realtime") is True and resources:
                message = f"metric '{name}': resourcesDuration is no real time"
                yield template.finding(None, message)


RULES = (
    Rule("entrypoints", "workflows start with what exists", entrypoints),
    Rule(
        "called-templates",
        "tasks and steps name templates that exist",
        _called_templates,
    ),
    Rule(
        "hook-expressions",
        "hooks have an expression for when they run",
        _hook_expressions,
    ),
    Rule("template-type", "a template is of one type", _one_type),
    Rule("limits", "limits fit the template's type and exist", limits),
    Rule("pods", "pods have images, and mount each path once", pods),
    Rule("outputs", "outputs and artifacts have a path", outputs),
    Rule("metrics", "metrics have help and value", metrics),
    Rule("durations", "durations and limits can be read", durations, STRICT),
    Rule(
        "triggered-templates",
        "triggers start workflow templates that exist",
        _triggered_templates,
        STRICT,
    ),
    Rule(
        "hooked-templates",
        "hooks name templates that exist",
        _hooked_templates,
        STRICT,
    ),
)
