"""A double of the Platform API: the one private part of the outside world.

It keeps to the contract strictly, faults included: it rejects what the real
one would reject, and faults of the real one can be injected. One module per
subject holds its state and its routes.
"""

from local_services.platform_api.double import PlatformApiDouble
from local_services.platform_api.jobs import PlatformJob
from local_services.platform_api.objects import PlatformObject
from local_services.platform_api.serving import platform_api
from local_services.platform_api.upload import Shelf, UploadFault

__all__ = [
    "PlatformApiDouble",
    "PlatformJob",
    "PlatformObject",
    "Shelf",
    "UploadFault",
    "platform_api",
]
