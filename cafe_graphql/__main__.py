"""`python -m cafe_graphql` is the command line, too."""

from cafe_graphql.cli import main

if __name__ == "__main__":
    main()
