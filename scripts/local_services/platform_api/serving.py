"""Serves a double of the Platform API on a free port."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn

from local_services.platform_api.double import PlatformApiDouble
from local_services.platform_api.gateway import USERNAME
from local_services.process import LOOPBACK, free_port
from local_services.waiting import wait_until
from steps.contract.errors import UnavailableError

START_SECONDS = 10


@contextmanager
def platform_api(
    double: PlatformApiDouble,
    host: str = LOOPBACK,
    *,
    port: int | None = None,
) -> Iterator[Mapping[str, str]]:
    """Serves a double of the Platform API.

    Args:
        double: Its state.
        host: The address to listen on.
        port: The port to listen on; a free one where None.

    Yields:
        The settings that reach it, by variable name.

    Raises:
        UnavailableError: It did not start.
    """
    port = port or free_port(host)
    runner = uvicorn.Server(
        uvicorn.Config(
            double.application(),
            host=host,
            port=port,
            log_level="critical",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    try:
        wait_until(
            lambda: runner.started or not thread.is_alive(), START_SECONDS
        )
        if not runner.started:
            raise UnavailableError("The Platform API double did not start.")
        yield {
            "API_BASE_URL": f"http://{host}:{port}",
            "API_USERNAME": USERNAME,
            "API_PASSWORD": double.password,
        }
    finally:
        runner.should_exit = True
        thread.join()
