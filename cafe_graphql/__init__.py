"""A café's ordering API in GraphQL."""
