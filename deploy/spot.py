"""A place in a file that somebody wrote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file, as an editor or a spreadsheet counts: from 1."""

    line: int
    column: int
    name: str = ""
    """What stands above the column, or the path in a document."""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}" + (f" ({self.name})" if self.name else "")
