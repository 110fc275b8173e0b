"""What keeps an edit of an item from being made: every problem at once, by the rules of the menu file."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from cafe_graphql.core import texts
from cafe_graphql.core.item_edits import Around, ItemEdit, Listed, Said, Unsaid, applied, group_slugs
from cafe_graphql.core.menu import MAX_UNIT_PRICE, SheetItem
from cafe_graphql.core.menu_file import tables, uses, values
from cafe_graphql.core.menu_file.fields import Field
from cafe_graphql.core.problems import OutOfRange, Path, Problem, ProblemCode, TextTooLong, UnknownChoice, hinted

T = TypeVar("T")

_NEEDED = {"name": "name", "category": "category", "price": "priceMinorUnits"}
"""What an item cannot be without, and how callers write it."""

_NEVER_NULL = _NEEDED | {
    "allergens": "allergens",
    "diets": "diets",
    "option_groups": "optionGroups",
    "is_hidden": "isHidden",
}


def problems(slug: str, edit: ItemEdit, before: Listed | None, around: Around) -> tuple[Problem, ...]:
    """Find everything that keeps an edit from being made; `before` is the item as it is, None when there is none."""
    found = [*_each(slug, edit, before, around)]
    return tuple(found or _whole(applied(slug, edit, before, around), before, around))


def slug_problems(slug: str) -> Iterator[Problem]:
    """Find what keeps a text from being the slug of anything."""
    yield from _text(slug, values.slug, values.MAX_SLUG, "The slug", ("slug",))


def unknown_item(slug: str, on_offer: Sequence[str]) -> UnknownChoice:
    """Say that there is no item of this slug, and which there are."""
    message = f"There is no item “{texts.shown(slug)}” on the menu."
    return hinted(UnknownChoice(ProblemCode.UNKNOWN_ITEM, message, ("slug",), slug, tuple(on_offer)))


def _each(slug: str, edit: ItemEdit, before: Listed | None, around: Around) -> Iterator[Problem]:
    """What is wrong with one field or another, whatever the rest."""
    bad_slug = list(slug_problems(slug))
    yield from bad_slug
    if before is None and not bad_slug:  # whether an item was meant that there is, a bad slug does not tell
        yield from _missing(slug, edit)
    yield from _nulls(edit)
    yield from _text(edit.name, values.name, values.MAX_NAME, "The name", ("input", "name"))
    yield from _category(edit, before, around)
    description = ("input", "description")
    yield from _text(edit.description, values.description, values.MAX_DESCRIPTION, "The description", description)
    image_url = ("input", "imageUrl")
    yield from _text(edit.image_url, values.image_url, values.MAX_IMAGE_URL, "The image address", image_url)
    yield from _number(edit.price, MAX_UNIT_PRICE, "The price in minor units", ("input", "priceMinorUnits"))
    yield from _number(edit.calories, tables.MAX_CALORIES, "The calories", ("input", "calories"))
    yield from _option_groups(edit, before, around)


def _whole(after: Listed, before: Listed | None, around: Around) -> Iterator[Problem]:
    """What is wrong with an item whose every field is right, as far as its groups are still on the menu."""
    was_shown = before is not None and not before.is_hidden
    count = around.on_offer - was_shown + (not after.is_hidden)
    path = ("input", "isHidden") if before else ("slug",)
    yield from _range(count, 1, tables.MAX_ITEMS, path, "The number of items on the menu")
    if all(use.group in around.groups for use in after.item.uses):
        for mistake in uses.mistakes(after.item, around.groups, around.currency):
            message = f"{after.item.name}: {mistake}."
            yield Problem(ProblemCode.QUANTITY_OUT_OF_RANGE, message, ("input", "priceMinorUnits"))


def _missing(slug: str, edit: ItemEdit) -> Iterator[Problem]:
    for field, written in _NEEDED.items():
        if isinstance(getattr(edit, field), Unsaid):
            message = f"There is no item “{slug}” yet, and a new one needs {written}."
            yield Problem(ProblemCode.MISSING_FIELD, message, ("input", written))


def _nulls(edit: ItemEdit) -> Iterator[Problem]:
    for field, written in _NEVER_NULL.items():
        if getattr(edit, field) is None:
            message = f"An item is never without {written}: leave it out to keep what there is."
            yield Problem(ProblemCode.MISSING_FIELD, message, ("input", written))


def _category(edit: ItemEdit, before: Listed | None, around: Around) -> Iterator[Problem]:
    slug = edit.category if isinstance(edit.category, str) else _kept(edit, before, lambda item: item.category)
    if slug is not None and slug not in around.categories:
        message = f"There is no category “{texts.shown(slug)}” on the menu."
        path = ("input", "category")
        yield hinted(UnknownChoice(ProblemCode.UNKNOWN_CATEGORY, message, path, slug, around.categories))


def _option_groups(edit: ItemEdit, before: Listed | None, around: Around) -> Iterator[Problem]:
    path, slugs = ("input", "optionGroups"), edit.option_groups
    if not isinstance(slugs, tuple):
        slugs = _kept(edit, before, group_slugs) or ()
    if len(slugs) > uses.MAX_GROUPS_OF_AN_ITEM:
        yield from _range(len(slugs), 0, uses.MAX_GROUPS_OF_AN_ITEM, path, "The number of option groups")
        return
    for index, slug in enumerate(slugs):
        if slug not in around.groups:
            message = f"There is no option group “{texts.shown(slug)}”."
            allowed = tuple(around.groups)
            yield hinted(UnknownChoice(ProblemCode.UNKNOWN_OPTION, message, (*path, str(index)), slug, allowed))
        elif slug in slugs[:index]:
            message = f"The option group “{slug}” is listed twice."
            yield Problem(ProblemCode.DUPLICATE_OPTION, message, (*path, str(index)))


def _kept(edit: ItemEdit, before: Listed | None, read: Callable[[SheetItem], T]) -> T | None:
    """Read what an item keeps to that comes to stand on the menu: a menu file may have done away with it meanwhile."""
    stays_hidden = edit.is_hidden is not False and before is not None and before.is_hidden
    return None if before is None or stays_hidden or edit.is_hidden is True else read(before.item)


def _text(said: Said[str], read: Callable[[Field], str], most: int, what: str, path: Path) -> Iterator[Problem]:
    """Find what is wrong with a text that the menu file reads by `read`."""
    if not isinstance(said, str):
        return
    if len(said) > most:
        message = f"{what} has {len(said)} characters; at most {most} fit."
        yield TextTooLong(ProblemCode.TEXT_TOO_LONG, message, path, most, len(said))
        return
    try:
        read(Field(said, "", []))
    except ValueError as error:
        reason = str(error) if str(error).startswith('"') else f"{what} {error}"
        yield Problem(ProblemCode.INVALID_TEXT, f"{reason}.", path)


def _number(said: Said[int], most: int, what: str, path: Path) -> Iterator[Problem]:
    if isinstance(said, int):
        yield from _range(said, 0, most, path, what)


def _range(given: int, low: int, high: int, path: Path, what: str) -> Iterator[Problem]:
    if not low <= given <= high:
        message = f"{what} must be from {low} to {high}, not {given}."
        yield OutOfRange(ProblemCode.QUANTITY_OUT_OF_RANGE, message, path, low, high, given)
