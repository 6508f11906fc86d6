"""What a program imports, and which packages are light enough for a start."""

import subprocess
import sys

from tests.step_process import ROOT

# All that a step may load before it works; every other package is heavy.
LIGHT = frozenset(
    {
        "annotated_types",
        "dotenv",
        "pydantic",
        "pydantic_core",
        "pydantic_settings",
        "typing_extensions",
        "typing_inspection",
    }
)
OWN = frozenset({"events", "steps", "workflows"})
# What Hera loads by itself, to render workflows.
HERA = frozenset(
    {
        "certifi",
        "chardet",
        "charset_normalizer",
        "cython_runtime",
        "hera",
        "idna",
        "requests",
        "socks",
        "urllib3",
        "yaml",
    }
)
PRINT_MODULES = """\
print(*{name.partition(".")[0] for name in sys.modules})
"""


def packages_loaded_by(program: str, *arguments: str) -> set[str]:
    """Lists the installed packages that a program loads.

    Args:
        program: Python code.
        *arguments: Its arguments.

    Returns:
        The packages' top-level names, without the standard library's and this
        repository's.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\n{program}\n{PRINT_MODULES}",
            *arguments,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert loaded & OWN
    started = {"__main__", "_virtualenv", "sitecustomize"}
    return {
        name
        for name in loaded - sys.stdlib_module_names - OWN - started
        if not name.startswith(("_", "__editable__"))
    }
