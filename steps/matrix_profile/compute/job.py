"""The job, from its settings to a report in the object store."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from steps.clients.object_store import ObjectStore
from steps.contract.progress import Progress
from steps.matrix_profile.compute.analysis import Engine, analyse, prepare
from steps.matrix_profile.compute.download import download, file_name
from steps.matrix_profile.compute.report import render_report
from steps.matrix_profile.compute.settings import JobSettings

log = logging.getLogger(__name__)

REPORT_TYPE = "text/html; charset=utf-8"
ALL_DONE = 100
FETCHED = 10
READ = 10
COMPUTED = 60
WRITTEN = 10
UPLOADED = 10


def run_job(settings: JobSettings, engine: Engine) -> None:
    """Fetches a file, analyses a column of it and uploads the report.

    Args:
        settings: What to analyse, and where the report goes.
        engine: Computes the matrix profile.

    Raises:
        ModerateError: The input cannot be analysed, or a service failed.
    """
    progress = Progress(ALL_DONE)
    name = file_name(settings.file_url)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "input.csv"
        download(settings.file_url, file)
        progress.advance(FETCHED, "reading")
        prepared = prepare(
            file,
            settings.analysis_variable,
            settings.window_length,
            settings.where,
        )
    progress.advance(READ, "computing the matrix profile")
    log.info(
        "Read %d rows of %s: %d samples, windows of %d",
        prepared.readings.rows,
        name,
        prepared.series.values.size,
        prepared.window.length,
    )
    analysis = analyse(prepared, engine)
    progress.advance(COMPUTED, "writing the report")
    report = render_report(analysis, name).encode()
    progress.advance(WRITTEN, "uploading the report")
    ObjectStore(settings).upload(report, settings.output, REPORT_TYPE)
    progress.advance(UPLOADED, "done")
    log.info("The report is at %s (%d bytes)", settings.output, len(report))
