"""The vendored files are the ones that their README names."""

import hashlib
import re

import pytest

from steps.matrix_profile.compute.report import HERE

VENDOR = HERE / "vendor"
CHECKSUM = re.compile(r"^ {4}([0-9a-f]{64})  (\S+)$", re.MULTILINE)
README = (VENDOR / "README.md").read_text(encoding="utf-8")
CHECKSUMS = [(name, digest) for digest, name in CHECKSUM.findall(README)]


def test_every_vendored_file_has_a_checksum() -> None:
    vendored = {file.name for file in VENDOR.iterdir()} - {"README.md"}
    assert {name for name, _ in CHECKSUMS} == vendored


@pytest.mark.parametrize(("name", "digest"), CHECKSUMS)
def test_vendored_file_is_unchanged(name: str, digest: str) -> None:
    content = (VENDOR / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
