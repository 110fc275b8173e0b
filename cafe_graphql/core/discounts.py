"""Money off, shared out over lines to the last unit, the same in whatever order they are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cafe_graphql.core import money
from cafe_graphql.core.drafts import Build


def shared(minor: int, lines: Sequence[Build]) -> dict[int, int]:
    """Share money off out by what each line still comes to, by largest remainder; gives it by the lines' indexes.

    Of equal remainders the item decides, not the place in the list: else the same lines listed otherwise could be taxed
    otherwise.
    """
    in_turn = sorted(lines, key=lambda line: (line.item.slug, line.index))
    parts = money.spread(minor, [line.net for line in in_turn])
    return {line.index: part for line, part in zip(in_turn, parts, strict=True)}


def taken_off(lines: Sequence[Build], parts: Mapping[int, int]) -> tuple[Build, ...]:
    """Give the lines with so much more taken off each, by their indexes."""
    return tuple(
        replace(line, discount=line.discount + parts[line.index]) if parts.get(line.index) else line for line in lines
    )
