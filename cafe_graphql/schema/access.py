"""How the schema says who may ask for what: each root field's description ends with the permission table's words."""

from cafe_graphql.core.permissions import Act, in_words

EVERYBODY = "Open to everybody."


def told(description: str, act: Act | None, *, by_token: bool = False) -> str:
    """Add who may ask to a description; no act: everybody. `by_token`: whoever has the order's token may, too."""
    if act is None:
        return f"{description} {EVERYBODY}"
    if by_token:
        return f"{description} By its token: open to whoever has that. By its id: {_lowered(in_words(act))}"
    return f"{description} {in_words(act)}"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
