"""Orders on a deployed stack where everything fails: a day, its troubles, its verdict."""
