"""What `make check` and `make licences` ask of dependencies and of git."""
