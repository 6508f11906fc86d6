"""The steps in turn, on real repositories and a real store."""

import hashlib
import io
import time
from pathlib import Path

import pandas as pd
import pytest

from local_services.platform_api import UploadFault
from local_services.platform_api.assets import MOST_OBJECTS
from steps.clients.platform_api import ATTEMPTS
from steps.contract.errors import BadDataError, TemporaryError
from steps.dataset_from_git import work
from steps.dataset_from_git.convert_file import RETRY
from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.names import Format
from steps.dataset_from_git.reports import FileReport, UploadResult
from tests.dataset_from_git.world import (
    FILES,
    GENOME,
    READINGS,
    STOCK,
    World,
)

pytestmark = pytest.mark.services

FULL_DISK = Path("/dev/full")
OTHER = READINGS.replace("1.5", "1.25")


def test_each_file_becomes_one_object_of_each_format(world: World) -> None:
    world.repository(GENOME, READINGS, lfs=True)
    world.run(GENOME)
    assert sorted(str(stored.series_id) for stored in world.objects) == [
        "metadata-metadata-csv",
        "metadata-metadata-parquet",
        "meters-cleaned-electricity-cleaned-csv",
        "meters-cleaned-electricity-cleaned-parquet",
        "weather-weather-csv",
        "weather-weather-parquet",
    ]


@pytest.mark.parametrize("dataset", DATASETS)
def test_both_layouts_are_uploaded(world: World, dataset: str) -> None:
    world.repository(dataset, READINGS, lfs=dataset == GENOME)
    done = world.run(dataset)
    assert done.summary is not None
    assert done.summary.uploaded == len(Format) * len(FILES[dataset])
    assert done.summary.failed == 0


def test_uploaded_files_hold_the_sources_values(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    expected = pd.read_csv(io.StringIO(READINGS))
    for stored in world.objects:
        content = io.BytesIO(world.content(stored))
        if str(stored.key).endswith(".parquet"):
            found = pd.read_parquet(content)
            found["timestamp"] = found["timestamp"].astype(str)
        else:
            found = pd.read_csv(content)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_what_was_altered_is_in_reports_and_summaries(world: World) -> None:
    origin = world.repository(STOCK, f"{READINGS},,\n")
    done = world.run(STOCK)
    altered = "1 row held separators alone; left out (line 4: ',,')."
    assert {report.remarks for report in done.reports} == {altered}
    assert done.summary is not None
    assert done.summary.table.count(altered) == len(FILES[STOCK])
    origin.write({"README.md": "news"})
    again = world.run(STOCK)
    assert {report.remarks for report in again.reports} == {altered}


def test_tags_name_the_repository_and_the_commit(world: World) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    for stored in world.objects:
        assert stored.tags == {
            "repo_url": DATASETS[STOCK].url,
            "commit_sha": origin.commit,
        }


def test_a_second_run_has_nothing_to_do(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    before = list(world.objects)
    started = time.monotonic()
    again = world.run(STOCK)
    assert again.resolved.batches == []
    assert again.resolved.there == len(FILES[STOCK])
    assert world.objects == before
    assert time.monotonic() - started < 5


def test_an_unchanged_file_gets_the_new_commit_alone(world: World) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    before = [stored.id for stored in world.objects]
    newest = origin.write({"README.md": "news"})
    done = world.run(STOCK)
    assert [stored.id for stored in world.objects] == before
    assert {
        str(one.tags and one.tags["commit_sha"]) for one in world.objects
    } == {newest}
    assert {
        stored.outcome for report in done.reports for stored in report.objects
    } == {UploadResult.UNCHANGED}


def test_the_same_content_is_recognised_without_a_memory(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    before = [stored.id for stored in world.objects]
    newest = origin.write({"README.md": "news"})
    world.clear()
    world.run(STOCK)
    assert [stored.id for stored in world.objects] == before
    tags = {"repo_url": DATASETS[STOCK].url, "commit_sha": newest}
    assert [stored.tags for stored in world.objects] == [tags] * len(before)


def test_a_run_that_was_killed_between_tags_and_memory_is_continued(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    newest = origin.write({"README.md": "news"})
    for stored in world.objects:
        stored.tags = {"repo_url": DATASETS[STOCK].url, "commit_sha": newest}
    assert len(world.run(STOCK).reports) == len(FILES[STOCK])
    assert world.resolve(STOCK).batches == []


def test_a_changed_file_is_uploaded_and_the_old_one_stays(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    origin.write({FILES[STOCK][0]: OTHER})
    done = world.run(STOCK)
    assert done.summary is not None
    assert (done.summary.uploaded, done.summary.unchanged) == (2, 2)
    assert len(world.objects) == 6


def test_a_content_that_comes_back_is_uploaded_anew(world: World) -> None:
    origin = world.repository(STOCK, READINGS)
    for content in (READINGS, OTHER, READINGS):
        origin.write({FILES[STOCK][0]: content})
        world.run(STOCK)
    newest = world.objects[-1]
    assert newest.tags is not None
    assert newest.tags["commit_sha"] == origin.commit


def test_an_object_that_was_removed_is_uploaded_again(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    removed = world.objects[0]
    del world.platform.double.objects[removed.id]
    done = world.run(STOCK)
    assert done.summary is not None
    assert (done.summary.uploaded, done.summary.skipped) == (1, 3)
    assert len(world.objects) == 4


def test_a_lost_memory_doubles_nothing(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    world.clear()
    done = world.run(STOCK)
    assert done.summary is not None
    assert done.summary.skipped == 4
    assert len(world.objects) == 4


def test_another_content_of_the_same_commit_stays(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    world.clear()
    world.objects[0].sha256_hash = hashlib.sha256(b"x").hexdigest()
    done = world.run(STOCK)
    assert done.reports[0].objects[0].outcome is UploadResult.KEPT
    assert len(world.objects) == 4


def test_a_content_that_was_kept_is_replaced_at_the_next_commit(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    world.clear()
    world.objects[0].sha256_hash = hashlib.sha256(b"x").hexdigest()
    world.run(STOCK)
    origin.write({"README.md": "news"})
    done = world.run(STOCK)
    assert done.summary is not None
    assert done.summary.uploaded == 1


def test_a_file_of_git_lfs_without_its_object_gets_the_error(
    world: World,
) -> None:
    origin = world.repository(GENOME, READINGS, lfs=True)
    for stored in origin.lfs_objects:
        stored.unlink()
    done = world.run(GENOME)
    assert all("Git LFS has no object" in one.error for one in done.reports)
    assert world.objects == []


def test_a_symbolic_link_is_reported_and_the_others_go_on(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    (origin.folder / "T3.2-static-analysis/link.csv").symlink_to("/etc/passwd")
    origin.save()
    done = world.run(STOCK)
    assert done.summary is not None
    assert (done.summary.failed, done.summary.uploaded) == (1, 4)
    assert "symbolic link" in done.summary.table


def test_a_file_that_is_not_csv_is_reported_and_the_others_go_on(
    world: World,
) -> None:
    origin = world.repository(STOCK, READINGS)
    origin.write({FILES[STOCK][0]: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"})
    done = world.run(STOCK)
    assert done.summary is not None
    assert (done.summary.failed, done.summary.uploaded) == (1, 2)


def test_a_glob_that_matches_nothing_ends_the_run(world: World) -> None:
    origin = world.origin(STOCK)
    origin.write({FILES[STOCK][0]: READINGS})
    with pytest.raises(BadDataError, match="its layout has changed"):
        world.resolve(STOCK)


def test_an_unknown_dataset_ends_the_run(world: World) -> None:
    with pytest.raises(BadDataError, match="no dataset 'nosuch'"):
        world.resolve("nosuch")


def test_a_file_that_the_platform_refuses_is_reported(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.platform.double.assets.faults.append(UploadFault.TOO_LARGE)
    done = world.run(STOCK)
    assert "takes no file of" in done.reports[0].error
    assert done.reports[1].error == ""


@pytest.mark.parametrize(
    "fault", [UploadFault.BROKEN, UploadFault.CUT, UploadFault.ANSWER_LOST]
)
def test_an_upload_that_fails_once_is_repeated(
    world: World, fault: UploadFault
) -> None:
    world.repository(STOCK, READINGS)
    world.platform.double.assets.faults.append(fault)
    done = world.run(STOCK)
    assert [one.error for one in done.reports] == ["", ""]
    assert len(world.objects) == 4


def test_what_fails_in_passing_is_left_to_the_next_try(world: World) -> None:
    world.repository(STOCK, READINGS)
    batch, *_ = world.resolve(STOCK).batches
    world.platform.double.assets.faults.extend([UploadFault.CUT] * ATTEMPTS)
    with pytest.raises(TemporaryError):
        world.convert(batch, attempt=0)


def test_what_fails_in_the_last_try_is_reported(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.platform.double.assets.faults.extend([UploadFault.CUT] * ATTEMPTS)
    done = world.run(STOCK)
    assert "did not answer" in done.reports[0].error
    assert done.reports[1].error == ""


def test_one_file_alone_is_brought_up_to_date(world: World) -> None:
    world.repository(STOCK, READINGS)
    chosen, _ = FILES[STOCK]
    done = world.run(STOCK, path=chosen)
    assert (done.resolved.files, done.resolved.there) == (1, 0)
    described = {str(stored.description) for stored in world.objects}
    assert {text.partition(" of ")[0] for text in described} == {chosen}


def test_one_file_keeps_the_name_that_it_has_among_all(world: World) -> None:
    world.repository(STOCK, READINGS)
    chosen, _ = FILES[STOCK]
    world.run(STOCK, path=chosen)
    first = {stored.series_id for stored in world.objects}
    world.run(STOCK)
    assert first < {stored.series_id for stored in world.objects}
    assert len(world.objects) == len(Format) * len(FILES[STOCK])


def test_one_file_that_is_there_is_left_alone(world: World) -> None:
    world.repository(STOCK, READINGS)
    world.run(STOCK)
    resolved = world.resolve(STOCK, path=FILES[STOCK][0])
    assert (resolved.batches, resolved.files, resolved.there) == ([], 1, 1)


@pytest.mark.parametrize("path", ["nosuch.csv", "PV/a.csv", "{{=1+1}}"])
def test_a_file_that_the_dataset_has_not_is_bad_data(
    world: World, path: str
) -> None:
    world.repository(STOCK, READINGS)
    with pytest.raises(BadDataError, match="for example 'T3"):
        world.resolve(STOCK, path=path)


def test_nothing_is_recorded_before_the_platform_has_answered(
    world: World,
) -> None:
    world.repository(STOCK, READINGS)
    world.platform.double.assets.faults.extend([UploadFault.CUT] * ATTEMPTS)
    world.run(STOCK)
    assert len(world.resolve(STOCK).batches) == 1


def test_a_pod_without_a_report_fails_the_run(world: World) -> None:
    world.repository(STOCK, READINGS)
    resolved = world.resolve(STOCK)
    outputs = world.summary(resolved, [world.convert(resolved.batches[0])])
    assert (outputs.failed, outputs.uploaded) == (1, 2)
    assert "ended without a report" in outputs.table


def test_the_summary_lists_rows_columns_and_bytes(world: World) -> None:
    world.repository(STOCK, READINGS)
    done = world.run(STOCK)
    assert done.summary is not None
    stored = sum(len(world.content(one)) for one in world.objects)
    assert done.summary.uploaded_bytes == stored
    assert [one.rows for one in done.reports] == [2, 2]
    assert [one.columns for one in done.reports] == [2, 2]
    for path in FILES[STOCK]:
        assert path in done.summary.table


def full(world: World, count: int) -> None:
    """Fill the asset with old objects of one series."""
    world.resolve(STOCK)
    (asset,) = world.platform.double.assets.assets.values()
    for _ in range(count):
        stored = world.platform.double.add_object("x", "moderate")
        stored.asset_id = asset.id
        stored.series_id = "old-csv"
        stored.tags = {"repo_url": DATASETS[STOCK].url, "commit_sha": "0"}


def test_a_run_that_does_not_fit_names_the_oldest(
    world: World,
) -> None:
    world.repository(STOCK, READINGS)
    full(world, MOST_OBJECTS - 1)
    oldest = world.objects[0].id
    with pytest.raises(
        BadDataError, match=rf"With keep=96 .* oldest 3: {oldest} \(old-csv"
    ):
        world.resolve(STOCK)
    assert len(world.objects) == MOST_OBJECTS - 1


def test_keep_makes_room_by_removing_the_oldest(world: World) -> None:
    world.repository(STOCK, READINGS)
    full(world, MOST_OBJECTS - 1)
    left = [stored.id for stored in world.objects[3:]]
    world.resolve(STOCK, keep="10")
    assert [stored.id for stored in world.objects] == left


def test_the_log_names_each_file_that_stays(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.repository(STOCK, READINGS)
    full(world, MOST_OBJECTS - 1)
    with caplog.at_level("WARNING"):
        world.resolve(STOCK, keep="10")
    assert caplog.text.count("stays in the bucket") == 3


def test_no_more_is_removed_than_is_needed(world: World) -> None:
    world.repository(STOCK, READINGS)
    full(world, MOST_OBJECTS - 1)
    world.run(STOCK, keep="1")
    assert len(world.objects) == MOST_OBJECTS


def test_objects_of_others_are_never_removed(world: World) -> None:
    world.repository(STOCK, READINGS)
    full(world, MOST_OBJECTS - 1)
    for stored in world.objects:
        stored.tags = None
    with pytest.raises(BadDataError, match="Not even keep=1"):
        world.resolve(STOCK, keep="1")


def test_an_unchanged_file_needs_no_room(world: World) -> None:
    origin = world.repository(STOCK, READINGS)
    world.run(STOCK)
    full(world, MOST_OBJECTS - 4)
    origin.write({"README.md": "news"})
    assert world.run(STOCK).summary is not None


def test_more_files_than_an_asset_takes_are_refused(world: World) -> None:
    origin = world.origin(STOCK)
    origin.write(
        {
            f"{folder}/{number}.csv": READINGS
            for folder in ("T3.1-dynamic-analysis", "T3.2-static-analysis")
            for number in range(26)
        }
    )
    with pytest.raises(BadDataError, match="has 52 files"):
        world.resolve(STOCK)


@pytest.mark.parametrize("attempt", [0, RETRY.limit])
def test_a_disk_that_is_full_is_left_to_another_try(
    world: World, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    world.repository(STOCK, READINGS)
    batch, *_ = world.resolve(STOCK).batches

    def full_disk(*_: object) -> None:
        with FULL_DISK.open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setattr(work, "convert", full_disk)
    if attempt < RETRY.limit:
        with pytest.raises(TemporaryError, match="The disk is full"):
            world.convert(batch, attempt)
    else:
        report = FileReport.model_validate_json(
            world.convert(batch, attempt).report
        )
        assert "The disk is full" in report.error
