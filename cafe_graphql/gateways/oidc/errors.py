"""Why somebody is not let in by an outside identity: the token is no good, or nobody can tell just now."""

from cafe_graphql.core.errors import Away, Unauthenticated


class Untrusted(Unauthenticated):
    """The token proves nothing; the message says what is wrong with it, and shows nothing of it."""


class Unreachable(Away):
    """The issuer does not answer, or not as an issuer does; `reason` is for the log, not for whoever called."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("Who you are cannot be checked now: the identity provider does not answer. Try again later.")
