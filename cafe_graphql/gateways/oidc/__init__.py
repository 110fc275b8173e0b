"""Outside identities: ID tokens of one OpenID Connect issuer, checked with the keys that it publishes."""

from cafe_graphql.gateways.oidc.errors import Unreachable, Untrusted
from cafe_graphql.gateways.oidc.identities import Identity
from cafe_graphql.gateways.oidc.issuer import Issuer
from cafe_graphql.gateways.oidc.key_cache import Patience

__all__ = ["Identity", "Issuer", "Patience", "Unreachable", "Untrusted"]
