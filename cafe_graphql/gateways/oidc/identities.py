"""Whom a token speaks of, once its claims hold: OpenID Connect Core 1.0, section 3.1.3.7."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cafe_graphql.gateways.oidc.errors import Untrusted

Claims = Mapping[str, object]

MAX_TEXT = 255
"""Characters of a subject, a role, a name or an address; the standard's own bound for subjects."""

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as an issuer knows them: `issuer` and `subject` together name them, for ever and uniquely.

    An `email` is theirs only when `email_verified`; never take it for who they are.
    """

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    roles: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say to be meant for us."""

    issuer: str
    audiences: frozenset[str]
    leeway: timedelta
    roles_claim: str | None

    def identity(self, claims: Claims, now: datetime) -> Identity:
        """Read the identity from a token's claims, or raise Untrusted."""
        if claims.get("iss") != self.issuer:
            raise Untrusted("The token comes from another issuer.")
        _check_kind(claims)
        self._check_audience(claims)
        expires_at = self._check_times(claims, now)
        email = _text(claims.get("email"))
        # Some providers write their booleans as text.
        said = claims.get("email_verified")
        verified = email is not None and (said is True or said == "true")
        roles = _roles(claims, self.roles_claim) if self.roles_claim else frozenset[str]()
        return Identity(self.issuer, _subject(claims), email, verified, _text(claims.get("name")), roles, expires_at)

    def _check_audience(self, claims: Claims) -> None:
        """Refuse what is meant for others; one meant for us and others must have been given to us (`azp`)."""
        named = claims.get("aud")
        audiences = [named] if isinstance(named, str) else named
        if not isinstance(audiences, list) or not all(isinstance(audience, str) for audience in audiences):
            raise _malformed("aud")
        party = [claims.get("azp")] if len(audiences) > 1 else audiences
        if not any(ours in audiences and ours in party for ours in self.audiences):
            raise Untrusted("The token is meant for another audience.")

    def _check_times(self, claims: Claims, now: datetime) -> datetime:
        expires_at = _instant(claims, "exp")
        if now >= expires_at + self.leeway:
            raise Untrusted("The token has expired.")
        starts = [_instant(claims, name) for name in ("iat", "nbf") if name == "iat" or name in claims]
        if now + self.leeway < max(starts):
            raise Untrusted("The token is not valid yet.")
        return expires_at


def _check_kind(claims: Claims) -> None:
    """Refuse what the same issuer signs for other ends, where the header does not say so.

    An access token says what a program may do for a person, not that the person is here: it has a `scope`, at some
    issuers `scp`, and at Keycloak the claim `typ`. A logout token has `events` (Back-Channel Logout 1.0, section 2.4).
    """
    if claims.get("typ", "ID") != "ID" or not claims.keys().isdisjoint(("scope", "scp", "events")):
        raise Untrusted("Only ID tokens are accepted: this one was made for something else.")


def _subject(claims: Claims) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isascii() or _text(subject) != subject:
        raise _malformed("sub")
    return subject


def _instant(claims: Claims, name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _END_OF_TIME:
        raise _malformed(name)
    return datetime.fromtimestamp(seconds, UTC)


def _roles(claims: Claims, path: str) -> frozenset[str]:
    """Give the roles at `path`: a claim of that name, or one inside objects, as in `realm_access.roles`."""
    found: object = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    named = [found] if isinstance(found, str) else found
    return frozenset(role for role in map(_text, named) if role) if isinstance(named, list) else frozenset()


def _text(value: object) -> str | None:
    """Give a text that is safe to keep and show, or None."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        return None
    return value.strip() or None


def _malformed(claim: str) -> Untrusted:
    return Untrusted(f"The token's claim “{claim}” is missing or malformed.")
