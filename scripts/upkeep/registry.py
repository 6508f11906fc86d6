"""The source of an image's newest tag: its registry."""

import re
from dataclasses import dataclass
from urllib.request import parse_http_list, parse_keqv_list

import httpx

from upkeep.asking import NotAskedError, newest_like, request

DOCKER_HUB = "registry-1.docker.io"
DOCKER_NAMES = frozenset({"docker.io", "index.docker.io"})
LOOPBACK_NAMES = ("localhost", "127.0.0.1")
BEARER = "Bearer "
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json,"
    "application/vnd.docker.distribution.manifest.list.v2+json,"
    "application/vnd.oci.image.manifest.v1+json,"
    "application/vnd.docker.distribution.manifest.v2+json"
)
REFERENCE = re.compile(
    r"^(?P<host>[^/]+)/(?P<path>[^:@]+):(?P<tag>[^@]+)(?:@(?P<digest>.+))?$"
)
SHOWN_DIGEST = 19


@dataclass(frozen=True)
class ImageTags:
    """The tags of an image in its registry.

    Attributes:
        reference: The image, with a tag and maybe a digest.
    """

    reference: str

    @property
    def name(self) -> str:
        """The image without its tag."""
        return self.reference.partition("@")[0].rpartition(":")[0]

    @property
    def version(self) -> str:
        """Its tag, and the beginning of its digest."""
        parts = self._parts()
        return _shown(parts["tag"], parts["digest"])

    def newest(self) -> str:
        """Asks the registry for the tags, and for what the newest one is."""
        parts = self._parts()
        above = f"{_registry(parts['host'])}/v2/{parts['path']}"
        newest = newest_like(parts["tag"], _tags(f"{above}/tags/list"))
        if not parts["digest"]:
            return newest
        answer = _authorised("HEAD", f"{above}/manifests/{newest}")
        return _shown(newest, answer.headers["Docker-Content-Digest"])

    def _parts(self) -> dict[str, str]:
        match = REFERENCE.match(_full(self.reference))
        if match is None:
            raise NotAskedError(f"{self.reference} is no image with a tag")
        return match.groupdict(default="")


def _authorised(method: str, url: str) -> httpx.Response:
    """Asks a registry, with an anonymous token where it needs one."""
    headers = {"Accept": MANIFESTS} if method == "HEAD" else {}
    answer = request(method, url, headers)
    if answer.status_code != httpx.codes.UNAUTHORIZED:
        return answer
    challenge = answer.headers.get("WWW-Authenticate", "")
    wanted = parse_keqv_list(parse_http_list(challenge.removeprefix(BEARER)))
    realm = httpx.URL(wanted.pop("realm", ""), params=wanted)
    token = request("GET", str(realm)).json().get("token", "")
    headers["Authorization"] = f"{BEARER}{token}"
    answer = request(method, url, headers)
    if answer.is_error:
        raise NotAskedError(f"{url} answered {answer.status_code}")
    return answer


def _tags(url: str) -> list[str]:
    answer = _authorised("GET", url)
    tags: list[str] = answer.json()["tags"]
    following = answer.links.get("next", {}).get("url")
    if following:
        tags = [*tags, *_tags(str(answer.url.join(following)))]
    return tags


def _full(reference: str) -> str:
    """Writes a reference out, as engines understand it."""
    host, slash, rest = reference.partition("/")
    if not slash:
        return f"docker.io/library/{reference}"
    if "." in host or ":" in host or host == "localhost":
        return reference
    return f"docker.io/{host}/{rest}"


def _registry(host: str) -> str:
    if host.startswith(LOOPBACK_NAMES):
        return f"http://{host}"
    return f"https://{DOCKER_HUB if host in DOCKER_NAMES else host}"


def _shown(tag: str, digest: str) -> str:
    return f"{tag}@{digest[:SHOWN_DIGEST]}" if digest else tag
