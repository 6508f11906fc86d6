"""What an expression in PromQL asks for."""

import re
from collections.abc import Iterator

METRIC = re.compile(r"\b(?:argo_workflows_|moderate_|kube_)\w+")
SELECTOR = re.compile(r"((?:argo_workflows_|moderate_|kube_)\w+)\{([^}]*)\}")
LABEL = re.compile(r'(\w+)(?:=~|!=|!~|=)"')
HISTOGRAM_SUFFIX = re.compile(r"_(?:bucket|sum|count)$")


def metrics_in(expression: str) -> set[str]:
    """Lists the metrics that an expression names."""
    return {
        HISTOGRAM_SUFFIX.sub("", name) for name in METRIC.findall(expression)
    }


def labels_in(expression: str) -> Iterator[tuple[str, str]]:
    """Lists the labels by which an expression selects, by metric."""
    for metric, wanted in SELECTOR.findall(expression):
        for label in LABEL.findall(wanted):
            yield HISTOGRAM_SUFFIX.sub("", metric), label
