"""A Stash that speaks its GraphQL and HTTP: state, operations and answers alike."""
