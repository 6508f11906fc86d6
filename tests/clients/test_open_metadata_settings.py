"""Where OpenMetadata's API is."""

import pytest
from pydantic import SecretStr

from steps.clients.open_metadata_settings import OpenMetadataSettings


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("catalog.example.org", "https://catalog.example.org:8585/api"),
        ("localhost", "http://localhost:8585/api"),
        ("host.docker.internal", "http://host.docker.internal:8585/api"),
        ("http://catalog/", "http://catalog:8585/api"),
        ("https://example.org/om/", "https://example.org:8585/om/api"),
    ],
)
def test_a_host_without_scheme_means_https_unless_it_is_near(
    host: str, root: str
) -> None:
    settings = OpenMetadataSettings(
        open_metadata_host=host, open_metadata_token=SecretStr("x")
    )
    assert settings.api_root == root
