"""The project's images, as local runs take them."""

from collections.abc import Iterable

from argo_offline.run import LocalImage
from checkout.images import IMAGES, Image, install


def local_images(
    images: Iterable[Image] = tuple(IMAGES.values()),
) -> dict[str, LocalImage]:
    """Installs images' environments on this machine.

    Args:
        images: The images; all of them where not given.

    Returns:
        The environments by the images' local references.

    Raises:
        UnavailableError: One could not be installed.
    """
    return {image.local_reference: local_image(image) for image in images}


def local_image(image: Image) -> LocalImage:
    """Installs an image's environment on this machine.

    Args:
        image: The image.

    Returns:
        Its environment.

    Raises:
        UnavailableError: It could not be installed.
    """
    return LocalImage(
        path=(install(image) / "bin",), entrypoint=image.entrypoint
    )
