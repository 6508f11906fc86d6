"""What the demos share: services and a terminal."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from argo_offline.run.cluster import LocalImage
from argo_offline.run.results import WorkflowResult
from local_services.object_store import object_store
from local_services.platform_api import PlatformApiDouble, platform_api
from local_services.postgres import postgres
from moderate.cli.live_view import summary, watched
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find

ENTERED_BY_ALL = 0o711
FOLDER_PREFIX = "moderate-demo-"


@dataclass(frozen=True)
class DemoEnvironment:
    """The running services of a demo.

    Attributes:
        folder: A folder that is removed when the demos end.
        values: The running services' settings by variable name.
        platform: The state of the simulated Platform API.
        images: The images' environments on this machine.
        console: The terminal.
    """

    folder: Path
    values: Mapping[str, str]
    platform: PlatformApiDouble
    images: Mapping[str, LocalImage]
    console: Console

    def run(
        self,
        workflow: str,
        arguments: Mapping[str, str],
        values: Mapping[str, str] | None = None,
    ) -> WorkflowResult:
        """Runs a workflow and shows its nodes.

        Args:
            workflow: Its name.
            arguments: Plain values by parameter.
            values: Settings on top of the shared ones.

        Returns:
            How it ended; its summary is printed.
        """
        with watched(self.console) as on_event:
            result = run_here(
                find(workflow),
                arguments,
                {**self.values, **(values or {})},
                images=self.images,
                on_event=on_event,
            )
        self.console.print(summary(result))
        return result


@contextmanager
def demo_environment(
    images: Mapping[str, LocalImage], console: Console
) -> Iterator[DemoEnvironment]:
    """Starts the services that the demos share.

    Args:
        images: The images' environments on this machine.
        console: The terminal.

    Yields:
        The running services; they end with the block.
    """
    platform = PlatformApiDouble()
    with ExitStack() as services:
        folder = Path(
            services.enter_context(
                tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX)
            )
        )
        folder.chmod(ENTERED_BY_ALL)
        values = {
            **image_settings(),
            **services.enter_context(postgres(folder)),
            **services.enter_context(object_store(folder)),
            **services.enter_context(platform_api(platform)),
        }
        _announce(console, values)
        yield DemoEnvironment(folder, values, platform, images, console)


def _announce(console: Console, values: Mapping[str, str]) -> None:
    lines: Sequence[str] = (
        f"PostgreSQL listens on port {values['POSTGRES_PORT']}",
        f"S3 on {values['S3_ENDPOINT_URL']}",
        f"the simulated Platform API on {values['API_BASE_URL']}",
    )
    console.print(", ".join(lines))
