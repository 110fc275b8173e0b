"""OpenID Connect Discovery 1.0: from an issuer's address to the keys that it publishes."""

from cafe_graphql.gateways.oidc import documents, key_sets
from cafe_graphql.gateways.oidc.errors import Unreachable


def check_issuer(url: str) -> None:
    """Refuse an address that cannot be an issuer's (ValueError says why): Discovery, section 2."""
    if not documents.is_fetchable(url, loopback=True) or "?" in url:
        raise ValueError(
            "an issuer is an https:// address without query or fragment, like https://login.example.com/cafe; "
            "http:// will do for this machine only"
        )


def configuration_url(issuer: str) -> str:
    """Give where the issuer describes itself: Discovery, section 4.1, which takes one slash from the end."""
    return issuer.removesuffix("/") + "/.well-known/openid-configuration"


async def keys_of(issuer: str) -> key_sets.KeySet:
    """Ask the issuer where its keys are, and fetch them; Unreachable when it does not answer as an issuer does."""
    loopback = issuer.startswith("http://")
    async with documents.fetching(loopback=loopback) as client:
        described = await documents.fetch(client, configuration_url(issuer))
        if described.get("issuer") != issuer:
            named = str(described.get("issuer"))[:200]
            raise Unreachable(f"its document names the issuer {named!r}, which must be {issuer!r} to the letter")
        place = described.get("jwks_uri")
        if not isinstance(place, str) or not documents.is_fetchable(place, loopback=loopback):
            raise Unreachable("its document names no place for its keys that could be trusted")
        return key_sets.read(await documents.fetch(client, place))
