"""The templates that a run can reach, across manifests."""

from collections.abc import Iterable
from dataclasses import dataclass

from argo_offline.errors import ManifestError
from argo_offline.run.manifest import Manifest
from argo_offline.run.nodes import Json


@dataclass(frozen=True)
class TemplateIndex:
    """The templates seen from one manifest.

    Attributes:
        home: The manifest whose templates have no reference.
        others: WorkflowTemplates by name, for ``templateRef``.
    """

    home: Manifest
    others: dict[str, Manifest]

    @classmethod
    def of(
        cls, home: Manifest, manifests: Iterable[Manifest]
    ) -> "TemplateIndex":
        """Collects the WorkflowTemplates among manifests."""
        others = {
            manifest.name: manifest
            for manifest in manifests
            if manifest.kind == "WorkflowTemplate"
        }
        return cls(home, others)

    def resolve(self, task: Json) -> tuple["TemplateIndex", Json]:
        """Finds the template of a task or step.

        Args:
            task: The task or step.

        Returns:
            The index seen from the template, and the template.

        Raises:
            ManifestError: There is no such template.
        """
        reference = task.get("templateRef")
        if reference is None:
            return self, self.home.template(str(task.get("template", "")))
        manifest = self.workflow_template(str(reference.get("name", "")))
        name = str(reference.get("template", ""))
        return TemplateIndex(manifest, self.others), manifest.template(name)

    def workflow_template(self, name: str) -> Manifest:
        """Finds a WorkflowTemplate.

        Args:
            name: Its name.

        Returns:
            The manifest.

        Raises:
            ManifestError: It is not among the manifests of the run.
        """
        if name not in self.others:
            raise ManifestError(
                f"{self.home.source}: WorkflowTemplate {name} not found among "
                "the manifests of this run; add its file"
            )
        return self.others[name]
