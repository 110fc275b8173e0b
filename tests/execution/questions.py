"""Makes up operations on any schema: all kinds of selections, arguments, variables, fragments and directives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

Scalars = dict[str, Callable[[Random], Any]]


@dataclass
class Question:
    """An operation, and the variables to ask it with."""

    text: str
    variables: dict[str, Any]


@dataclass
class Maker:
    """Makes up operations at random; `scalars` makes up a value for each scalar, `max_depth` bounds their nesting."""

    schema: GraphQLSchema
    random: Random
    scalars: Scalars
    max_depth: int = 4
    max_fields: int = 20
    _variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _fragments: list[tuple[str, str, str]] = field(default_factory=list)
    _given: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _left: int = 0

    def question(self, root: GraphQLObjectType, kind: str = "query") -> Question:
        """Make up one operation; a few are not valid, for their selections do not go together."""
        self._variables, self._fragments, self._given, self._left = {}, [], {}, self.max_fields
        body = self._selections(root, self.max_depth)
        defined = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        fragments = " ".join(f"fragment {name} on {type_} {text}" for name, type_, text in self._fragments)
        values = {name: value for name, (_, value) in self._variables.items()}
        return Question(f"{kind} {f'({defined}) ' if defined else ''}{body} {fragments}".strip(), values)

    def _selections(self, type_: Any, depth: int) -> str:
        count = self.random.choice([1, 2, 2, 3, 4])
        return "{ " + " ".join(self._selection(type_, depth) for _ in range(count)) + " }"

    def _selection(self, type_: Any, depth: int) -> str:
        dice = self.random.random()
        if dice < 0.08 or (not hasattr(type_, "fields") and dice < 0.3):
            return f"{self._alias('__typename')}__typename{self._directives()}"
        if dice < 0.2 or not hasattr(type_, "fields"):
            condition = self._condition(type_)
            return f"... on {condition} {self._directives()} {self._selections(condition, depth)}"
        if dice < 0.28:
            return f"...{self._fragment(type_, depth)}{self._directives()}"
        if dice < 0.31:
            return f"... {self._directives()} {self._selections(type_, depth)}"
        return self._field(type_, depth)

    def _field(self, type_: Any, depth: int) -> str:
        found = [
            (name, field)
            for name, field in type_.fields.items()
            if (depth > 0 and self._left > 0) or is_leaf_type(get_named_type(field.type))
        ]
        if not found:
            return "__typename"
        name, field = self.random.choice(found)
        self._left -= 1
        named = get_named_type(field.type)
        below = "" if is_leaf_type(named) else f" {self._selections(named, depth - 1)}"
        alias = self._alias(name)
        if (type_.name, alias, name) not in self._given:  # two fields of one name must have the same arguments
            self._given[type_.name, alias, name] = self._arguments(field)
        return f"{alias}{name}{self._given[type_.name, alias, name]}{self._directives()}{below}"

    def _alias(self, name: str) -> str:
        return f"{self.random.choice('ab')}_{name}: " if self.random.random() < 0.25 else ""

    def _condition(self, type_: Any) -> Any:
        around = [type_]
        if is_abstract_type(type_):
            around += self.schema.get_possible_types(type_)
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            around += type_.interfaces
        return self.random.choice(around)

    def _fragment(self, type_: Any, depth: int) -> str:
        known = [name for name, on, _ in self._fragments if on == str(type_)]
        if known and self.random.random() < 0.6:
            return self.random.choice(known)
        text = self._selections(type_, depth - 1)
        name = f"F{len(self._fragments)}"
        self._fragments.append((name, str(type_), text))
        return name

    def _directives(self) -> str:
        if self.random.random() > 0.12:
            return ""
        name = self.random.choice(["skip", "include"])
        if self.random.random() < 0.4:
            return f" @{name}(if: {self.random.choice(['true', 'false'])})"
        switch = f"s{self.random.randrange(3)}"
        self._variables.setdefault(switch, ("Boolean!", self.random.random() < 0.5))
        return f" @{name}(if: ${switch})"

    def _arguments(self, field: GraphQLField) -> str:
        given = {
            name: self._argument(argument)
            for name, argument in field.args.items()
            if is_required_argument(argument) or self.random.random() < 0.6
        }
        return "(" + ", ".join(f"{name}: {text}" for name, text in given.items()) + ")" if given else ""

    def _argument(self, argument: GraphQLArgument) -> str:
        value = self._value(argument.type)
        if self.random.random() < 0.5:
            name = f"v{len(self._variables)}"
            self._variables[name] = (str(argument.type), value)
            return f"${name}"
        return self._literal(argument.type, value)

    def _value(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        elif self.random.random() < 0.15:
            return None
        if isinstance(type_, GraphQLList):
            return [self._value(type_.of_type) for _ in range(self.random.randrange(3))]
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_)
        return self.scalars[type_.name](self.random)

    def _input(self, type_: GraphQLInputObjectType) -> dict[str, Any]:
        if type_.is_one_of:
            name, field = self.random.choice(list(type_.fields.items()))
            return {name: self._value(GraphQLNonNull(field.type))}
        return {
            name: self._value(field.type)
            for name, field in type_.fields.items()
            if is_required_input_field(field) or self.random.random() < 0.4
        }

    def _literal(self, type_: Any, value: Any) -> str:
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if value is None:
            return "null"
        if isinstance(type_, GraphQLList):
            return "[" + ", ".join(self._literal(type_.of_type, item) for item in value) + "]"
        if isinstance(type_, GraphQLInputObjectType):
            fields = type_.fields
            return (
                "{" + ", ".join(f"{key}: {self._literal(fields[key].type, item)}" for key, item in value.items()) + "}"
            )
        return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value)
