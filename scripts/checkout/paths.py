"""Where things are in a checkout of this project."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
RENDERED: Final = ROOT / "charts/moderate-workflows/rendered"
MONITORING: Final = ROOT / "charts/moderate-workflows/monitoring"
RUNS: Final = ROOT / "runs"
EXAMPLE_DATA: Final = ROOT / "tests/data"
EXAMPLE_SERIES: Final = EXAMPLE_DATA / "weather13.csv"
DOTENV: Final = ROOT / ".env"
SERVICES: Final = ROOT / ".services"
COMPOSE: Final = ROOT / "compose.yaml"
DEVELOPMENT: Final = ROOT / "scripts/development"
ENVIRONMENTS: Final = ROOT / ".venvs"
