"""Settings of the relay."""

from typing import ClassVar

from pydantic import Field, SecretStr

from steps.contract.settings import ServiceSettings

# A queue's name has at most 255 bytes, the dead-letter queue's suffix too.
LONGEST_QUEUE_NAME = 200
PORT = 8080
LARGEST_PORT = 65_535


class RabbitSettings(ServiceSettings):
    """Where the broker is, and which queue to read."""

    service: ClassVar[str] = "rabbitmq"

    rabbit_url: SecretStr = Field(
        description="the URL of RabbitMQ, with user and password",
        examples=["amqps://user:a-long-secret@rabbitmq.example.org/%2F"],
        min_length=1,
    )
    matrix_profile_queue: str = Field(
        default="matrix_profile",
        description="the queue that asks for matrix profiles",
        examples=["matrix_profile"],
        min_length=1,
        max_length=LONGEST_QUEUE_NAME,
    )


class RelaySettings(ServiceSettings):
    """Where the probes are served, and what the jobs' outputs bucket is."""

    service: ClassVar[str] = "relay"

    relay_address: str = Field(
        default="0.0.0.0",  # noqa: S104  (the kubelet asks from outside)
        description="the address on which the relay answers probes",
        examples=["127.0.0.1"],
        min_length=1,
    )
    relay_port: int = Field(
        default=PORT,
        description="the port on which the relay answers probes",
        examples=["8080"],
        gt=0,
        le=LARGEST_PORT,
    )
    s3_job_outputs_bucket_name: str = Field(
        default="moderate-output-bucket",
        description="the bucket of the jobs' outputs",
        examples=["moderate-output-bucket"],
        min_length=1,
    )
