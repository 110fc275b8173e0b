"""The speech of the café: Strawberry types, inputs and resolvers, one file per word."""
