"""An example for the matrix profile: a series, its job and its message."""

import os
import sys

from checkout.paths import EXAMPLE_SERIES
from local_services.object_store import BUCKET
from local_services.platform_api import PlatformApiDouble
from steps.clients.object_store import ObjectPlace, ObjectStore
from steps.matrix_profile.message import MatrixProfileMessage
from steps.relay.settings import RabbitSettings

ANALYSIS_VARIABLE = "TemperatureC"
KEY = f"jane-assets/{EXAMPLE_SERIES.name}"
CSV_TYPE = "text/csv"
FIRST_JOB = 1


def upload_example(
    store: ObjectStore, platform: PlatformApiDouble
) -> MatrixProfileMessage:
    """Uploads the series and creates a job, as the platform does.

    Args:
        store: Where the series goes.
        platform: The double that gets the asset object and the job.

    Returns:
        The message that asks for the job to be done.
    """
    store.upload(EXAMPLE_SERIES, ObjectPlace(BUCKET, KEY), CSV_TYPE)
    asset_object = platform.add_object(KEY, BUCKET)
    job = platform.add_job(
        uploaded_s3_object_id=asset_object.id,
        analysis_variable=ANALYSIS_VARIABLE,
    )
    return example_message(job.id)


def example_message(job: int) -> MatrixProfileMessage:
    """Writes the message that asks for the series' matrix profile.

    Args:
        job: The job's number.

    Returns:
        The message.
    """
    return MatrixProfileMessage(
        workflow_job_id=job,
        analysis_variable=ANALYSIS_VARIABLE,
        bucket=BUCKET,
        key=KEY,
    )


def main() -> None:
    """Sends the example's message, where ``moderate services`` runs.

    Its job is the first one.
    """
    import pika

    settings = RabbitSettings.of(os.environ)
    body = example_message(FIRST_JOB).model_dump_json(exclude_none=True)
    url = settings.rabbit_url.get_secret_value()
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(settings.matrix_profile_queue, durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", settings.matrix_profile_queue, body)
    sys.stdout.write(f"sent {body}\n")


if __name__ == "__main__":
    main()
