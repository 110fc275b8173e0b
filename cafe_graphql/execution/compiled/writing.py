"""Writes the code for shapes: one function for a whole answer, with loops for its lists and the fields in place.

What is asked for at several places has a function of its own, so that the code is never much longer than the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CoroutineType

from graphql import GraphQLInt

from cafe_graphql.execution.compiled import classes, leaves
from cafe_graphql.execution.compiled.calls import refuse
from cafe_graphql.execution.compiled.resolvers import Attribute
from cafe_graphql.execution.compiled.shapes import Called, Field, Fields, Leaf, Listed, OneOf, Shape, Value
from cafe_graphql.execution.compiled.source import Body, Source
from cafe_graphql.execution.compiled.values import collection

MAX_INDENT = 10
"""Python takes at most twenty loops within each other; what lies deeper has a function of its own."""


LOOPS_OF_THE_SAME = 2
"""So many loops deep, amounts of money are mostly ones that were there before: options cost what others cost."""


class Writer:
    """Writes the functions of one operation, of whose shapes it has to know all beforehand."""

    def __init__(self, source: Source, shapes: Iterable[Shape]) -> None:
        self._source = source
        self._shared = _met_again(shapes)
        self._functions: dict[Shape, str] = {}

    def root(self, fields: Fields) -> str:
        """Write the function that gives the fields of a root value, and give its name."""
        body = Body()
        return self._source.function("o, run, path", body, self._fields(fields, "o", "path", body))

    def completion(self, value: Value) -> str:
        """Write the function that completes a value of a field, and give its name."""
        body = Body()
        return self._source.function("o, run, path", body, self._value(value, "o", "path", body))

    def _value(self, value: Value, given: str, path: str, body: Body) -> str:
        """Write what completes the value of an expression; give the expression of what comes of it."""
        if not value.nullable and not isinstance(value.shape, Leaf):
            return self._composite(value.shape, given, path, body)
        name = body.name(given)
        if isinstance(value.shape, Leaf):
            body.add(leaves.completion(value.shape.type_, name, self._source, nullable=value.nullable))
        else:
            with body.inside(f"if {name} is not None:"):
                body.add(f"{name} = {self._composite(value.shape, name, path, body)}")
        return name

    def _composite(self, shape: Shape, given: str, path: str, body: Body) -> str:
        if isinstance(shape, OneOf):
            name = body.name(given)
            return _called(f"{self._table(shape)}[type({name})]", shape, name, path)
        if shape in self._shared or body.indent >= MAX_INDENT:
            return _called(self._function(shape), shape, given, path)
        return self._in_place(shape, body.name(given), path, body)

    def _in_place(self, shape: Shape, name: str, path: str, body: Body) -> str:
        if isinstance(shape, Listed):
            return self._list(shape, name, path, body)
        assert isinstance(shape, Fields)
        class_ = self._source.name(classes.of(shape.type_), shape.type_.name)
        others = self._source.once(("others", shape.type_), lambda: classes.others(shape.type_))
        body.add(f"if type({name}) is not {class_}: {self._source.name(others, f'other_{shape.type_}')}({name})")
        return self._fields(shape, name, path, body)

    def _fields(self, shape: Fields, name: str, path: str, body: Body) -> str:
        if body.loops >= LOOPS_OF_THE_SAME and (alone := _only_number(shape)):
            return self._number(*alone, name, body)
        parent = shape.type_.name
        found = {key: self._field(parent, key, field, name, path, body) for key, field in shape.fields.items()}
        return f"{{{', '.join(f'{key!r}: {text}' for key, text in found.items())}}}"

    def _field(self, parent: str, key: str, field: Field | None, name: str, path: str, body: Body) -> str:
        if field is None:
            return repr(parent)
        path = f"({path}, {key!r}, {parent!r})"
        if isinstance(field.origin, Attribute):
            return self._value(field.value, f"{name}.{field.origin.name}", path, body)
        function = self._source.name(field.origin.function, "call")
        told = f", run, {path}" if isinstance(field.origin, Called) else ""
        found = body.name(f"{function}({name}{told})")
        waits, refused = self._source.name(CoroutineType, "Coroutine"), self._source.name(refuse, "refuse")
        body.add(f"if type({found}) is {waits}: {refused}({found})")
        return self._value(field.value, found, path, body)

    def _number(self, key: str, attribute: Attribute, number: Value, name: str, body: Body) -> str:
        """Write an object that is nothing but a number: those of the same number are one, made when it comes first."""
        value, made, of_number = body.name(f"{name}.{attribute.name}"), body.new(), body.new()
        body.begin_with(f"{of_number} = {{}}")
        body.add(f"{made} = {of_number}.get({value}) if type({value}) is int else None")
        with body.inside(f"if {made} is None:"):
            self._value(number, value, "path", body)
            body.add(f"{made} = {of_number}[{value}] = {{{key!r}: {value}}}")
        return made

    def _list(self, shape: Listed, name: str, path: str, body: Body) -> str:
        body.add(f"if type({name}) is not list: {name} = {self._source.name(collection, 'collection')}({name})")
        made, entry, index = body.name("[]"), body.new(), body.new()
        loop = f"for {index}, {entry} in enumerate({name}):" if shape.needs_run else f"for {entry} in {name}:"
        with body.loop(loop):
            body.add(f"{made}.append({self._value(shape.entry, entry, f'({path}, {index}, None)', body)})")
        return made

    def _function(self, shape: Shape) -> str:
        if shape not in self._functions:
            body = Body()
            result = self._in_place(shape, "o", "path", body)
            parameters = "o, run, path" if shape.needs_run else "o"
            self._functions[shape] = self._source.function(parameters, body, result)
        return self._functions[shape]

    def _table(self, shape: OneOf) -> str:
        """Write the table of the functions for an object that may be of several types; give its name."""
        if shape not in self._functions:
            rows = {}
            for class_, member in shape.members.items():
                function = self._function(member)
                told_too_much = shape.needs_run and not member.needs_run
                row = f"lambda o, run, path: {function}(o)" if told_too_much else function
                rows[self._source.name(class_, class_.__name__)] = row
            self._functions[shape] = self._source.table(self._source.name(classes.Table, "Table"), rows)
        return self._functions[shape]


def _only_number(shape: Fields) -> tuple[str, Attribute, Value] | None:
    """Give the only field of an object, its attribute and its value, if that is a whole number."""
    if len(shape.fields) != 1:
        return None
    ((key, field),) = shape.fields.items()
    if field is None or not isinstance(field.origin, Attribute):
        return None
    is_number = isinstance(field.value.shape, Leaf) and field.value.shape.type_ is GraphQLInt
    return (key, field.origin, field.value) if is_number else None


def _called(function: str, shape: Shape, given: str, path: str) -> str:
    return f"{function}({given}, run, {path})" if shape.needs_run else f"{function}({given})"


def _met_again(shapes: Iterable[Shape]) -> set[Shape]:
    """Give those shapes that are met more than once."""
    met, again, open_ = set(), set(), [*shapes]
    while open_:
        shape = open_.pop()
        if shape in met:
            again.add(shape)
            continue
        met.add(shape)
        if isinstance(shape, Fields):
            open_ += [field.value.shape for field in shape.fields.values() if field]
        elif isinstance(shape, OneOf):
            open_ += shape.members.values()
        elif isinstance(shape, Listed):
            open_.append(shape.entry.shape)
    return again
