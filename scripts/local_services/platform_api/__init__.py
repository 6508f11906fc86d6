"""A double of the Platform API: the one private part of the outside world.

It answers as the real one does, with the gateway in front of it: it refuses,
ignores and fails on the same, and its faults are switched on one by one. One
module per subject holds its state and its routes.
"""

from local_services.platform_api.double import PlatformApiDouble
from local_services.platform_api.gateway import KeycloakRealm, Role
from local_services.platform_api.jobs import PlatformJob
from local_services.platform_api.objects import PlatformObject
from local_services.platform_api.serving import platform_api
from local_services.platform_api.upload import UploadBucket, UploadFault

__all__ = [
    "KeycloakRealm",
    "PlatformApiDouble",
    "PlatformJob",
    "PlatformObject",
    "Role",
    "UploadBucket",
    "UploadFault",
    "platform_api",
]
