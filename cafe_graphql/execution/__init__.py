"""The engine: prepares, bounds and runs GraphQL operations; it knows GraphQL, and nothing of a café."""
