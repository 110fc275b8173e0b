"""The law of the café: immutable values and pure functions, standard library only."""
