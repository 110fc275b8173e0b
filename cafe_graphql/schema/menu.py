"""The menu as callers see it: built once for each version, then only read."""

from collections.abc import Iterable
from functools import lru_cache

import orjson
import strawberry

from cafe_graphql.core import builds, menu, menu_filter
from cafe_graphql.schema.enums import Allergen, Diet, Unavailable
from cafe_graphql.schema.ids import Node, decode, encode
from cafe_graphql.schema.money import Money


@strawberry.type(description="Whether something can be ordered now.")
class Availability:
    is_available: bool = strawberry.field(description="True when it can be ordered now.")
    reason: Unavailable | None = strawberry.field(description="Why not; null when it can.")

    @classmethod
    def of(cls, unavailable: Unavailable | None) -> "Availability":
        return cls(is_available=unavailable is None, reason=unavailable)


@strawberry.type(description="One choice of an option group, as one item offers it.")
class Option(Node):
    slug: str = strawberry.field(description="What orders name it by. `oat`.")
    name: str = strawberry.field(description="What people read. `Oat milk`.")
    price_delta: Money = strawberry.field(
        description="What one of it adds to this item's price; an item may price a shared group its own way."
    )
    is_default: bool = strawberry.field(description="Whether it is taken when nothing of its group is chosen.")
    max_quantity: int = strawberry.field(description="How many of it one drink can have; 2 allows a double shot.")
    adds_allergens: list[Allergen] = strawberry.field(description="Allergens that it brings in.")
    removes_allergens: list[Allergen] = strawberry.field(description="Allergens of the item that it replaces.")
    availability: Availability = strawberry.field(description="Whether it can be chosen now.")

    @classmethod
    def of(cls, item: menu.Item, group: menu.OptionGroup, option: menu.Option, currency: str) -> "Option":
        return cls(
            id=encode("Option", f"{item.slug}/{group.slug}/{option.slug}"),
            slug=option.slug,
            name=option.name,
            price_delta=Money(minor_units=option.price, currency=currency),
            is_default=option.is_default,
            max_quantity=option.max_quantity,
            adds_allergens=in_order(option.adds_allergens),
            removes_allergens=in_order(option.removes_allergens),
            availability=Availability.of(item.why_not(group, option)),
        )


@strawberry.type(description="A question asked of an item, such as its size or milk.")
class OptionGroup(Node):
    slug: str = strawberry.field(description="What orders name it by. `milk`.")
    name: str = strawberry.field(description="What people read. `Milk`.")
    min_selections: int = strawberry.field(description="How many options must be chosen at least, defaults included.")
    max_selections: int | None = strawberry.field(description="How many may be chosen at most; null: no limit.")
    options: list[Option] = strawberry.field(description="The choices that this item offers, in the café's order.")

    @classmethod
    def of(cls, item: menu.Item, group: menu.OptionGroup, currency: str) -> "OptionGroup":
        return cls(
            id=encode("OptionGroup", f"{item.slug}/{group.slug}"),
            slug=group.slug,
            name=group.name,
            min_selections=group.min,
            max_selections=group.max,
            options=[Option.of(item, group, option, currency) for option in group.options],
        )


@strawberry.type(description="Something to order.")
class MenuItem(Node):
    slug: str = strawberry.field(description="Stable handle that people type and orders name it by. `latte`.")
    name: str = strawberry.field(description="What people read. `Latte`.")
    description: str | None = strawberry.field(description="A sentence about it.")
    image_url: str | None = strawberry.field(description="Where a picture of it is.")
    category: "MenuCategory" = strawberry.field(description="The heading it stands under.")
    price: Money = strawberry.field(description="With every default option chosen.")
    calories: int | None = strawberry.field(description="Kilocalories of the default build; null when unknown.")
    allergens: list[Allergen] = strawberry.field(description="Of the default build; a quote tells a configured one's.")
    diets: list[Diet] = strawberry.field(description="Ways of eating that the default build suits.")
    option_groups: list[OptionGroup] = strawberry.field(description="What can be chosen about it.")
    availability: Availability = strawberry.field(description="Whether it can be ordered now.")

    @classmethod
    def of(cls, item: menu.Item, category: "MenuCategory", currency: str) -> "MenuItem":
        build = builds.default(item)
        return cls(
            id=encode("MenuItem", item.slug),
            slug=item.slug,
            name=item.name,
            description=item.description,
            image_url=item.image_url,
            category=category,
            price=Money(minor_units=build.unit_price, currency=currency),
            calories=build.calories,
            allergens=in_order(build.allergens),
            diets=[diet for diet in Diet if diet in item.diets],
            option_groups=[OptionGroup.of(item, group, currency) for group in item.groups],
            availability=Availability.of(item.unavailable),
        )


@strawberry.type(description="A heading of the menu.")
class MenuCategory(Node):
    slug: str = strawberry.field(description="What a menu filter names it by. `espresso`.")
    name: str = strawberry.field(description="What people read. `Espresso`.")
    items: list[MenuItem] = strawberry.field(
        description="What stands under it, in the café's order; of a filtered menu, only what meets the filter."
    )

    @classmethod
    def of(cls, category: menu.Category) -> "MenuCategory":
        return cls(id=encode("MenuCategory", category.slug), slug=category.slug, name=category.name, items=[])

    @classmethod
    def part(cls, category: menu.Category, wanted: menu_filter.MenuFilter, items: list[MenuItem]) -> "MenuCategory":
        """Give the part of a category that meets a filter.

        Its id has the filter in it: a client that keeps things by their ids must not take it for the whole.
        """
        key = f"{category.slug}?{orjson.dumps(wanted, default=sorted).decode()}"
        return cls(id=encode("MenuCategory", key), slug=category.slug, name=category.name, items=items)


@strawberry.type(description="Everything that the café offers.")
class Menu:
    version: str = strawberry.field(description="Another whenever anything on the menu has changed.")
    categories: list[MenuCategory] = strawberry.field(
        description="The headings in the café's order; of a filtered menu, only those with something under them."
    )
    items: list[MenuItem] = strawberry.field(description="All items, in the café's order.")
    source: strawberry.Private[menu.Menu]
    by_slug: strawberry.Private[dict[str, MenuItem]]
    nodes: strawberry.Private[dict[str, Node]]

    @property
    def share_key(self) -> str:
        """What tells this menu from another, for listeners who are all to get the same."""
        return self.version

    def node(self, id: str) -> Node | None:
        """Give whatever of the menu has this id."""
        kind, key = decode(id)
        slug, _, wanted = key.partition("?")
        if kind == "MenuCategory" and wanted and (found := _read_filter(wanted)):
            return next((part for part in filtered(self, found).categories if part.slug == slug), None)
        return self.nodes.get(id)

    def on_offer(self, slug: str) -> MenuItem | None:
        """Give the item with this slug, unless it is hidden."""
        item = self.by_slug.get(slug)
        return None if item is None or item.availability.reason is Unavailable.HIDDEN else item

    def item(self, item_id: int) -> MenuItem | None:
        """Give the item with this number in the store, be it hidden."""
        item = self.source.by_id.get(item_id)
        return None if item is None else self.by_slug[item.slug]


@lru_cache(maxsize=4)
def of(source: menu.Menu) -> Menu:
    """Put a menu into words, once for each version."""
    headings = {category.slug: MenuCategory.of(category) for category in source.categories}
    by_slug = {}
    for slug, item in source.by_slug.items():
        category = headings.get(item.category.slug) or MenuCategory.of(item.category)
        by_slug[slug] = MenuItem.of(item, category, source.cafe.currency)
        if item.unavailable is not Unavailable.HIDDEN:
            category.items.append(by_slug[slug])
    items = [by_slug[item.slug] for item in source.items]
    return Menu(
        version=str(source.version),
        categories=list(headings.values()),
        items=items,
        source=source,
        by_slug=by_slug,
        nodes={node.id: node for node in _nodes(headings.values(), by_slug.values())},
    )


def filtered(whole: Menu, wanted: menu_filter.MenuFilter) -> Menu:
    """Give the part of the menu that meets the filter."""
    items = [whole.by_slug[item.slug] for item in menu_filter.matching(whole.source, wanted)]
    headings = [
        MenuCategory.part(category, wanted, under)
        for category in whole.source.categories
        if (under := [item for item in items if item.category.slug == category.slug])
    ]
    return Menu(
        version=whole.version,
        categories=headings,
        items=items,
        source=whole.source,
        by_slug=whole.by_slug,
        nodes=whole.nodes,
    )


def in_order(allergens: frozenset[Allergen]) -> list[Allergen]:
    """List allergens the way the enum does, so that answers do not change from one start to the next."""
    return [allergen for allergen in Allergen if allergen in allergens]


def _nodes(categories: Iterable[MenuCategory], items: Iterable[MenuItem]) -> Iterable[Node]:
    yield from categories
    for item in items:
        yield item
        for group in item.option_groups:
            yield group
            yield from group.options


def _read_filter(text: str) -> menu_filter.MenuFilter | None:
    """Read the filter in the id of a part of a category; None for an id that we never gave."""
    try:
        said = orjson.loads(text)
        allergens, diets = map(Allergen, said.pop("exclude_allergens")), map(Diet, said.pop("diets"))
        found = menu_filter.MenuFilter(**said, exclude_allergens=frozenset(allergens), diets=frozenset(diets))
        return found if isinstance(found.search, str | None) and isinstance(found.category, str | None) else None
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


@strawberry.input(description="What to look for on the menu; an item must meet all that is given.")
class MenuFilter:
    search: str | None = strawberry.field(default=None, description="Words in name, description or category.")
    category: str | None = strawberry.field(default=None, description="The slug of one category. `espresso`.")
    available_only: bool = strawberry.field(default=False, description="Leave out what cannot be ordered now.")
    exclude_allergens: list[Allergen] | None = strawberry.field(
        default=None, description="Leave out items whose default build has any of these."
    )
    diets: list[Diet] | None = strawberry.field(default=None, description="Keep items that suit all of these.")

    def to_core(self) -> menu_filter.MenuFilter:
        return menu_filter.MenuFilter(
            search=self.search,
            category=self.category,
            available_only=self.available_only,
            exclude_allergens=frozenset(self.exclude_allergens or ()),
            diets=frozenset(self.diets or ()),
        )
