"""Files that are written, beside files that share their bytes."""

from pathlib import Path

from steps.dataset_from_git.convert.files import hashed_file, keep_bytes


def test_a_file_that_is_written_leaves_a_kept_source_alone(
    tmp_path: Path,
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"a,b\n")
    keep_bytes(source, target)
    with hashed_file(target) as file:
        file.write(b"other")
    assert source.read_bytes() == b"a,b\n"
