"""What the chapters of the demonstration share: services and a screen."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from argo_offline.run.cluster import LocalImage
from argo_offline.run.events import WorkflowResult
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
class Stage:
    """What a chapter plays on.

    Attributes:
        folder: A folder that goes when the demonstration ends.
        values: The running services' settings by variable name.
        platform: The state of the simulated Platform API.
        images: The images' environments on this machine.
        console: Where a person watches.
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
        """Runs a workflow while a person watches.

        Args:
            workflow: Its name.
            arguments: Plain values by parameter.
            values: Settings on top of the shared ones.

        Returns:
            How it ended; its summary is on the screen.
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
def stage(
    images: Mapping[str, LocalImage], console: Console
) -> Iterator[Stage]:
    """Starts the services that the chapters share.

    Args:
        images: The images' environments on this machine.
        console: Where a person watches.

    Yields:
        What the chapters play on. Every service ends with the block.
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
        yield Stage(folder, values, platform, images, console)


def _announce(console: Console, values: Mapping[str, str]) -> None:
    lines: Sequence[str] = (
        f"PostgreSQL listens on port {values['POSTGRES_PORT']}",
        f"S3 on {values['S3_ENDPOINT_URL']}",
        f"the simulated Platform API on {values['API_BASE_URL']}",
    )
    console.print(", ".join(lines))
