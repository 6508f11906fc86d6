"""A RabbitMQ broker: the distribution's own package, started directly."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local_services.process import (
    LOOPBACK,
    User,
    free_port,
    home_of,
    is_listening,
    server,
    unprivileged_user,
)
from steps.contract.errors import UnavailableError

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
EPMD = Path("/usr/bin/epmd")
INSTALL = "apt-get install --no-install-recommends rabbitmq-server"
USERNAME = "moderate"
QUEUE = "matrix_profile"
READY_SECONDS = 180.0


def is_installed() -> bool:
    """Returns whether this machine has RabbitMQ."""
    return SERVER.exists() and EPMD.exists()


@dataclass
class RabbitBroker:
    """A broker that can be killed and started again, on the same data.

    Attributes:
        folder: Where it keeps its data and its log.
        host: The address that it listens on.
        port: The port that it listens on.
        user: Whom it runs as; the current user where None.
        environment: The environment of its processes.
        password: The password of its one account.
    """

    folder: Path
    host: str
    port: int
    user: User | None
    environment: Mapping[str, str] = field(repr=False)
    password: str = field(repr=False)
    _running: ExitStack = field(default_factory=ExitStack, repr=False)
    _process: "subprocess.Popen[bytes] | None" = field(
        default=None, repr=False
    )

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings that reach it, by variable name."""
        return {
            "RABBIT_URL": (
                f"amqp://{USERNAME}:{self.password}@{self.host}:{self.port}"
                "/%2F"
            ),
            "MATRIX_PROFILE_QUEUE": QUEUE,
        }

    def start(self) -> None:
        """Starts it; returns once it serves.

        Raises:
            UnavailableError: It did not start.
        """
        self._process = self._running.enter_context(
            server(
                "RabbitMQ",
                [str(SERVER)],
                log=self.folder / "rabbitmq.log",
                ready=lambda: is_listening(self.port, self.host),
                environment=self.environment,
                user=self.user,
                ready_seconds=READY_SECONDS,
            )
        )

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self.stop()

    def stop(self) -> None:
        """Ends it in order."""
        self._running.close()
        self._process = None


@contextmanager
def rabbitmq(
    folder: Path,
    host: str = LOOPBACK,
    *,
    port: int | None = None,
    password: str | None = None,
) -> Iterator[RabbitBroker]:
    """Serves a broker, which is empty at first; it ends with the block.

    RabbitMQ's port mapper, epmd, would outlive it and belong to the whole
    machine: this one is the broker's own. Where this process is root's, the
    broker runs as ``nobody``.

    Args:
        folder: Where its data and its log are kept, also for a later
            broker, unless the account that it runs as cannot enter it: then
            only its log comes there.
        host: The address that it listens on.
        port: The port that it listens on; a free one where None.
        password: The password of its one account; a random one where None.

    Yields:
        The broker, running.

    Raises:
        UnavailableError: It is not installed or did not start.
    """
    if not is_installed():
        raise UnavailableError(f"RabbitMQ is not installed. Run: {INSTALL}")
    user = unprivileged_user()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        home = stack.enter_context(home_of("rabbitmq", folder, user))
        stack.callback(_keep_log, home, folder)
        broker = _prepare(
            home,
            host,
            user,
            port or free_port(),
            password or secrets.token_urlsafe(24),
        )
        stack.enter_context(_port_mapper(home, broker.environment, user))
        stack.callback(broker.stop)
        broker.start()
        yield broker


def _prepare(
    home: Path, host: str, user: User | None, port: int, password: str
) -> RabbitBroker:
    configuration = home / "rabbitmq.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f"listeners.tcp.local = {host}:{port}\n"
        f"default_user = {USERNAME}\n"
        f"default_pass = {password}\n"
        "log.console = true\n"
        "log.file = false\n"
    )
    (home / "plugins").write_text("[].\n")
    if user is not None:
        for path in (home, *home.iterdir()):
            os.chown(path, user.uid, user.gid)
    return RabbitBroker(
        folder=home,
        host=host,
        port=port,
        user=user,
        environment=_environment(home, configuration),
        password=password,
    )


def _environment(home: Path, configuration: Path) -> Mapping[str, str]:
    address = LOOPBACK.replace(".", ",")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_EPMD_PORT": str(free_port()),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_CONFIG_FILE": str(configuration),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none.config"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(home / "data"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_NODENAME": "rabbit@localhost",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            f"-kernel inet_dist_use_interface {{{address}}}"
        ),
        # Runs as this very process, and not as a child of a shell.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


@contextmanager
def _port_mapper(
    home: Path, environment: Mapping[str, str], user: User | None
) -> Iterator[None]:
    port = int(environment["ERL_EPMD_PORT"])
    with server(
        "epmd",
        [str(EPMD), "-address", LOOPBACK, "-port", str(port)],
        log=home / "epmd.log",
        ready=lambda: is_listening(port),
        environment=environment,
        user=user,
    ):
        yield


def _keep_log(home: Path, folder: Path) -> None:
    if home.is_relative_to(folder):
        return
    for log in home.glob("*.log"):
        (folder / log.name).write_bytes(log.read_bytes())
