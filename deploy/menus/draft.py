"""A menu as its file says it, before anybody has checked it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.menus.check import menu_of, path_of
from chalicelib.menus.model import Menu
from chalicelib.menus.rules import Mistake
from chalicelib.orders.text import Place
from deploy.menus.parts import named
from deploy.spot import Spot
from deploy.target import DeployError


class MenuRefused(DeployError):
    """A file is no menu; the message has a line for each mistake."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file says, and where."""

    file: str
    document: dict[str, Any]
    spots: Mapping[Place, Spot]
    mistakes: Sequence[tuple[Spot, str]] = field(default=())
    """Those that were found while reading."""
    made_ids: Collection[str] = ()
    """Ids that the file does not say, but are made from its names."""
    passed_over: Sequence[tuple[Spot, str]] = ()
    """What is right, and is yet no part of the menu."""

    def checked(self) -> Menu:
        """The menu that it is. Raises `MenuRefused` where anything is wrong, with all that is."""
        menu, found = menu_of(self.document)
        if self.mistakes:  # They may be why there are no sections.
            found = [mistake for mistake in found if mistake.place != ("sections",)]
        lines = {*self.mistakes, *(self._told(mistake) for mistake in found)}
        if lines or menu is None:
            raise MenuRefused("\n".join(self._lines(lines)))
        return menu

    def remarks(self) -> list[str]:
        """A line for each thing that was passed over."""
        return self._lines(self.passed_over)

    def _lines(self, told: Iterable[tuple[Spot, str]]) -> list[str]:
        in_order = sorted(told, key=lambda line: (line[0].line, line[0].column, line[1]))
        return [f"{self.file}, {spot}: {text}" for spot, text in in_order]

    def _told(self, mistake: Mistake) -> tuple[Spot, str]:
        first = f", first in {self._spot(mistake.first)}" if mistake.first is not None else ""
        return self._spot(mistake.place), self._whose(mistake.place) + mistake.message + first

    def _whose(self, place: Place) -> str:
        """Which of the options that one cell of a spreadsheet names, in the owner's words."""
        is_in_a_cell = self.made_ids and place[:1] == ("option_groups",)
        name = named(self.document, place) if is_in_a_cell else ""
        return f"“{name}”: " if name else ""

    def _spot(self, place: Place) -> Spot:
        """Where `place` is; what is missing is where it should be in."""
        for length in range(len(place), -1, -1):
            if spot := self.spots.get(place[:length]):
                return spot if spot.name else Spot(spot.line, spot.column, path_of(place))
        return Spot(1, 1, path_of(place))
