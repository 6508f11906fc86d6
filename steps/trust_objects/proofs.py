"""One object's proof, from its owner on."""

from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.asset_objects import (
    AssetObject,
    read_asset_objects,
)
from steps.contract.errors import ModerateError
from steps.trust.reconciler import NotAskedError, Reconciler, is_refusal
from steps.trust.report import ItemReport, Outcome
from steps.trust_objects.owners import Owners

GONE = "It is no longer there."


class Proofs:
    """Ensures that objects have proofs."""

    def __init__(
        self, api: PlatformApi, owners: Owners, proofs: Reconciler
    ) -> None:
        """Prepares it; nothing is asked yet.

        Args:
            api: The Platform API.
            owners: Ensures that an owner has a DID.
            proofs: Makes a proof.
        """
        self._api = api
        self._owners = owners
        self._proofs = proofs

    def ensure(self, key: str) -> ItemReport:
        """Ensures that an object has a proof.

        Args:
            key: The object's number.

        Returns:
            Its outcome.

        Raises:
            NotAskedError: The platform takes no questions.
            ModerateError: The state could not be read or written.
        """
        try:
            found = self._read(int(key))
        except ModerateError as error:
            if is_refusal(error):
                raise NotAskedError(str(error)) from error
            return self._proofs.ensure(key, str(error))
        if found is None:
            return ItemReport(item=key, end=Outcome.LEFT, reason=GONE)
        owner = found.asset.username if found.asset else None
        blocked_by = self._owners.blocked_by(owner or self._api.account)
        return self._proofs.ensure(key, blocked_by)

    def _read(self, number: int) -> AssetObject | None:
        for found in read_asset_objects(self._api, [number]):
            if found.id == number:
                return found
        return None
