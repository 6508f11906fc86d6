"""Collects what a Python environment needs to run, and nothing else.

Runs in the build stage of an image. The last stage is a copy of the folder
that it fills: the interpreter, its standard library, the environment, the
programs that are named, and the shared libraries that these load. There is no
shell in it, no package manager and no other tool.
"""

import argparse
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ELF_MAGIC = b"\x7fELF"
RESOLVED_LIBRARY = re.compile(r"(/\S+) \(0x")
# Loaded by name while a program runs, so that nothing lists them.
LOADED_BY_NAME = ("libgcc_s.so.1", "libnss_dns.so.2", "libnss_files.so.2")
UNUSED_MODULES = (
    "__phello__",
    "config-*",
    "dist-packages",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "site-packages",
    "test",
    "tkinter",
    "turtledemo",
    "_test*.so",
    "_tkinter*.so",
)
CERTIFICATES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/ssl/openssl.cnf"),
)
USER_ID = 65532
SYSTEM_FILES = {
    "etc/passwd": f"root:x:0:0::/:\nnonroot:x:{USER_ID}:{USER_ID}::/:\n",
    "etc/group": f"root:x:0:\nnonroot:x:{USER_ID}:\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
ANYBODY_MAY_WRITE = 0o1777


def main() -> None:
    """Reads the command line and fills the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--program", type=Path, action="append", default=[])
    arguments = parser.parse_args()
    collect(arguments.environment, arguments.target, arguments.program)


def collect(
    environment: Path, target: Path, programs: Sequence[Path] = ()
) -> None:
    """Fills a folder with a root file system for one environment.

    Args:
        environment: The virtual environment.
        target: The folder to make.
        programs: What else is to run in it.
    """
    programs = [environment / "bin/python", *programs]
    _copy_environment(environment, target)
    for program in programs:
        _copy_program(program, target)
    _copy_standard_library(target)
    libraries = sorted({*_libraries(target), *_loaded_by_name()})
    for library in libraries:
        _copy_file(library, target)
    for file in filter(Path.exists, CERTIFICATES):
        _copy_file(file, target)
    _write_system_files(target)
    links = [link for program in programs for link in _chain(program)]
    _record_packages([*libraries, *links], target)


def _below(path: Path, target: Path) -> Path:
    return target / path.relative_to("/")


def _copy_file(file: Path, target: Path) -> None:
    copy = _below(file, target)
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)


def _copy_environment(environment: Path, target: Path) -> None:
    copy = _below(environment, target)
    shutil.copytree(environment, copy, symlinks=True)
    for program in (copy / "bin").iterdir():
        if not program.is_symlink():
            program.unlink()


def _chain(link: Path) -> Iterator[Path]:
    """Follows a link to its file, link by link."""
    while link.is_symlink():
        yield link
        link = link.parent / link.readlink()
    yield link


def _copy_program(program: Path, target: Path) -> None:
    for path in _chain(program):
        copy = _below(path, target)
        if copy.is_symlink() or copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy, follow_symlinks=False)


def _copy_standard_library(target: Path) -> None:
    folder = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(
        folder,
        _below(folder, target),
        ignore=shutil.ignore_patterns(*UNUSED_MODULES),
        ignore_dangling_symlinks=True,
    )


def _libraries(target: Path) -> Iterator[Path]:
    """Finds the shared libraries that the collected programs load."""
    programs = [str(file) for file in _files(target) if _is_program(file)]
    output = _output_of("ldd", *programs)
    for path in RESOLVED_LIBRARY.findall(output):
        if not Path(path).is_relative_to(target):
            yield Path(path)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            file = Path(parent, name)
            if not file.is_symlink():
                yield file


def _is_program(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(ELF_MAGIC)) == ELF_MAGIC


def _loaded_by_name() -> Iterator[Path]:
    for line in _output_of("ldconfig", "-p").splitlines():
        name, _, path = line.strip().partition(" ")
        if name in LOADED_BY_NAME:
            yield Path(path.rpartition("=> ")[2])


def _write_system_files(target: Path) -> None:
    for name, content in SYSTEM_FILES.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    scratch = target / "tmp"
    scratch.mkdir()
    scratch.chmod(ANYBODY_MAY_WRITE)


def _record_packages(files: Iterable[Path], target: Path) -> None:
    """Keeps the Debian packages' records, for licences and scanners."""
    for package in sorted({*_packages(files)}):
        name = package.partition(":")[0]
        record = target / "var/lib/dpkg/status.d" / name
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(_output_of("dpkg-query", "--status", package))
        licence = Path("/usr/share/doc", name, "copyright")
        if licence.exists():
            _copy_file(licence, target)


def _packages(files: Iterable[Path]) -> Iterator[str]:
    for file in files:
        # A library is listed below /lib, and filed below /usr/lib.
        output = _output_of("dpkg-query", "--search", str(file.resolve()))
        if output:
            yield output.partition(": ")[0]


def _output_of(*command: str) -> str:
    """Returns what a program prints, also after a failure."""
    output = subprocess.run(  # noqa: S603  (Debian's own programs)
        command, capture_output=True, check=False, text=True
    )
    return output.stdout


if __name__ == "__main__":
    main()
