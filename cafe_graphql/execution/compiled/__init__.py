"""Compiled operations: one Python function for each operation, instead of one walk for each answer.

graphql-core's executor asks the same questions of every field of every object: what is its type, who resolves it, can
the value wait, what are its children. For one operation the answers never change. So an operation that comes a second
time is turned into Python source that holds nothing but the answers, and that source is what runs from then on:

    { menu { items { name price { minorUnits } } } }          becomes, but for numbers in the names,

    def f1(o, run, path):
        v1 = call_menu(o, run, (path, 'menu', 'Query'))
        if type(v1) is not Menu: other_Menu(v1)
        v2 = v1.items
        if type(v2) is not list: v2 = collection(v2)
        v3 = []
        for v4 in v2:
            if type(v4) is not MenuItem: other_MenuItem(v4)
            v5 = v4.name
            if type(v5) is not str: v5 = leaf_String(v5)
            v6 = v4.price
            if type(v6) is not Money: other_Money(v6)
            v7 = v6.minor_units
            if not (type(v7) is int and -1073741823 <= v7 <= 1073741823): v7 = leaf_Int(v7)
            v3.append({'name': v5, 'price': {'minorUnits': v7}})
        return {'menu': {'items': v3}}

Where there are lists in lists, an object that is nothing but a whole number, such as `priceDelta { minorUnits }`, is
made once for each number in an answer, and stands wherever it comes again.

**What is promised.** The answer is graphql-core's, errors and their order too, because graphql-core gives it whenever
anything is out of the ordinary. Compiled code knows only how things go well; what it does not know it raises, and
never answers for. Then a query is run anew by the executor (its resolvers change nothing, by GraphQL's own rule), and
of anything else just that value is completed anew: nothing is resolved twice that may change something, and nothing
that waits is begun twice.

**What runs how**
- A query, or an event of a subscription, in which no field waits is *whole*: one call gives its data.
- An operation of one root field that waits, with none below it that does, is *awaited*: one call before, one behind.
- Anything else is run by the executor itself (`parts`), so the order of mutations, waiting, and the way of errors and
  nulls stay its own; but below each field where no field waits, a compiled function completes the value at once.
- Not compiled at all: introspection, `@defer` and `@stream`, types that Strawberry did not make or that decide by
  themselves what they are, generic members of an interface or union, objects that `strawberry.cast` has made some other
  class stand for (one whose class is a member itself is taken for that: `cast` has no place in a schema like ours), and
  operations of more than `MAX_FIELDS` fields. The executor runs these, as it would if this folder were not there.

**What bounds it.** An operation is compiled at its second use, as one of at most `MAX_VARIANTS` variants that its
`@skip` and `@include` make; the functions live and die with the prepared operation. Of all operations together little
more than `MAX_FIELDS_ALIVE` fields are compiled at one time: then what was not used of late makes room for the next.

**The files**, from the outside in: `compiler` (when to compile, and whether to trust the result), `plans` (an operation
as a whole or in parts), `parts` (the executor that uses them), `selections` (what is asked for, read into `shapes`),
`writing` (the code for shapes), `leaves` and `classes` (for scalars and enums, and for objects), `inputs` (the code for
what comes in), `calls`, `resolvers`, `arguments`, `variables` and `conversions` (calling what Strawberry would call),
`source` (the text itself).

The engine makes a `Compiler` and calls it in two places, `Engine._given` and `Engine._run`. With `compiles=False`, or
without these lines and this folder, it works, and is slower.
"""
