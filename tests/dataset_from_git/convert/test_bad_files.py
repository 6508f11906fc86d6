"""Files that cannot be converted, and disks that fail."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from steps.contract.errors import BadDataError, ModerateError, TemporaryError
from steps.dataset_from_git.convert.convert import convert
from steps.dataset_from_git.convert.files import explain_system_error
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from tests.dataset_from_git.convert.converting import converted

POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:" + b"a" * 64 + b"\nsize 12345\n"
)
MANY_ROWS = b"1,2\n" * 16_999
LITTLE_SPACE = 100_000


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (POINTER, "a Git LFS pointer"),
        (b"<!DOCTYPE html>\n<html></html>\n", "a web page"),
        (b"\n <HTML><body>\n", "a web page"),
        (
            b"\xff\xfe" + "a,b\n1,2".encode("utf-16-le") + b"\x00",
            "not. Save it as UTF-8",
        ),
        (b"PK\x03\x04rest", "a binary file"),
        (b"a,b\n1,\x002\n", "byte 7 is NUL"),
        (b"a,b\n1,\x81\n", "neither UTF-8 nor Windows-1252"),
        (b"\x81,b\n1,2\n", "neither UTF-8 nor Windows-1252"),
        (b"a,b\n1,2\n1,2,3\n", "Line 3 has 3 fields, but the header has 2"),
        (b"a,b\n1,2\n\n1\n", "Line 4 has 1 fields, but the header has 2"),
        (
            b"a,b\n" + MANY_ROWS + b"1\n",
            "Line 17,001 has 1 fields, but the header has 2",
        ),
        (b'a,b\n"x\ny",2\n1\n', "Line 4 has 1 fields"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3 does not end"),
        (b'a,b\n1,2\n3,"4', "line 3 does not end"),
        (b'a\n"b\n', "line 2 does not end"),
        (b'a,b\n1,"2\n' + MANY_ROWS * 100, "line 2 does not end"),
        (b'a,""b"\n1,2\n3,4\n', "Line 1, the header, has a stray"),
        (b'a,b,c\n1,"2,"x, y"\n3,4,5\n', "Line 2 has a stray"),
        (b'a,b\n1,"x"y"\n3,4\n', "Line 2 has a stray or unclosed"),
        (
            b"t,p,q\n,kW,m\n" + b"2023-01-01,1.5,2\n" * 9,
            "header seems to have 2 rows, from line 1",
        ),
        (b"a\n" + b"x" * 9_000_000 + b"\n", "more than 3 MiB"),
        (b"x" * 9_000_000 + b"\n", "more than 3 MiB"),
    ],
)
def test_what_is_not_csv_is_refused_by_its_line(
    source: bytes, message: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDataError, match=message):
        converted(source, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["source.csv"]


@pytest.mark.parametrize("name", ["nosuch.csv", "folder"])
def test_a_source_that_is_not_there_or_no_file_is_named(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadDataError, match="cannot be read"):
        converted(tmp_path / name, tmp_path)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Lets no file grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_room_on_the_disk_leaves_no_files(
    separator: str, tmp_path: Path
) -> None:
    rows = "".join(f"{n * n}{separator}{n / 7}\n" for n in range(90_000))
    source = tmp_path / "source.csv"
    source.write_text(f"a{separator}b\n{rows}")
    outputs = tmp_path / "out.parquet", tmp_path / "out.csv"
    with (
        largest_file(LITTLE_SPACE),
        pytest.raises(TemporaryError, match="full"),
    ):
        convert(source, ReadingRules(separator=separator), *outputs)
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, TemporaryError),
        (errno.EDQUOT, TemporaryError),
        (errno.EIO, TemporaryError),
        (errno.EACCES, BadDataError),
    ],
)
def test_system_errors_are_temporary_or_permanent(
    number: int, kind: type[ModerateError]
) -> None:
    assert isinstance(explain_system_error(OSError(number, "why")), kind)
