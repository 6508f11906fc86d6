"""Runs the relay: ``python -m steps.relay``."""

import logging
import signal
import sys
from contextlib import ExitStack
from threading import Event

from steps.clients.event_webhook import EventWebhook
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import BadSettingsError
from steps.contract.log import start_log
from steps.contract.process import guard, load_settings, secrets_of
from steps.contract.settings import ServiceSettings
from steps.relay.health import Health, probes
from steps.relay.message_handler import MessageHandler
from steps.relay.metrics import RelayMetrics
from steps.relay.relay import parameters_of, relay
from steps.relay.settings import RabbitSettings, RelaySettings

API_TIMEOUT_SECONDS = 5.0

log = logging.getLogger(__name__)


def main() -> int:
    """Relays messages until SIGTERM or SIGINT.

    Returns:
        The exit code.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    start_log()
    return guard(lambda: _run(stop))


def _run(stop: Event) -> None:
    loaded = load_settings(
        {
            "rabbit": RabbitSettings,
            "webhook": WebhookSettings,
            "relay": RelaySettings,
        }
    )
    rabbit = RabbitSettings.model_validate(loaded["rabbit"])
    relay_settings = RelaySettings.model_validate(loaded["relay"])
    webhook = WebhookSettings.model_validate(loaded["webhook"])
    parameters = parameters_of(rabbit)
    api = _platform_settings()
    kinds: list[ServiceSettings] = [rabbit, webhook, *([api] if api else [])]
    _start_log([*secrets_of(kinds), parameters.credentials.password])
    health, metrics = Health(), RelayMetrics()
    with ExitStack() as stack:
        handler = MessageHandler(
            webhook=stack.enter_context(EventWebhook(webhook)),
            platform=stack.enter_context(_platform(api)) if api else None,
            output_bucket=relay_settings.s3_job_outputs_bucket_name,
            health=health,
        )
        stack.enter_context(
            probes(
                health,
                metrics,
                relay_settings.relay_address,
                relay_settings.relay_port,
            )
        )
        relay(
            parameters,
            rabbit.matrix_profile_queue,
            handler,
            health=health,
            metrics=metrics,
            stop=stop,
        )


def _platform_settings() -> PlatformApiSettings | None:
    try:
        return PlatformApiSettings.load()
    except BadSettingsError as error:
        log.warning("The jobs of invalid messages are not patched. %s", error)
        return None


def _platform(settings: PlatformApiSettings) -> PlatformApi:
    """Connects for one try at a time; the relay has pauses of its own."""
    return PlatformApi(
        settings,
        timeout_seconds=API_TIMEOUT_SECONDS,
        attempts=1,
        sign_in_seconds=0,
    )


def _start_log(secrets: list[str]) -> None:
    start_log(secrets)
    logging.getLogger("pika").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
