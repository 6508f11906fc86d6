"""``python -m local_services.open_metadata.server``."""

import argparse
import os
import threading
from importlib.metadata import version

from local_services.open_metadata.names import (
    ADMINISTRATORS_VARIABLE,
    CLIENT,
    SERVER_VERSION_PARTS,
    TOKEN_VARIABLE,
)
from local_services.open_metadata.server.application import Application
from local_services.open_metadata.server.double import Double
from local_services.open_metadata.server.http import JsonServer


def main() -> None:
    """Serves until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control-port", type=int, required=True)
    options = parser.parse_args()
    client = version(CLIENT).split(".")
    double = Double(
        Application(
            base_url=f"http://{options.host}:{options.port}/api",
            token=os.environ[TOKEN_VARIABLE],
            administrators_token=os.environ[ADMINISTRATORS_VARIABLE],
            version=".".join(client[:SERVER_VERSION_PARTS]),
        )
    )
    control = JsonServer(options.host, options.control_port, double.control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    JsonServer(options.host, options.port, double.respond).serve_forever()


if __name__ == "__main__":
    main()
