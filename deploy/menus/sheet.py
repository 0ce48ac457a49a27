"""A spreadsheet's CSV as a menu. Name, price and section are enough; docs/menus.md has the rest.

Rows above the headings may say the shop's name. A dish in several sizes has a row for each, or a
column of prices for each. A blank section is that of the row above.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from chalicelib.orders.text import Place
from deploy.menus import cells
from deploy.menus.draft import Draft, MenuRefused
from deploy.menus.made_ids import id_of
from deploy.menus.option_groups import Groups
from deploy.menus.rows import are_headings, joined_by_full_width, rows_of
from deploy.menus.sheet_words import meaning, plain, words
from deploy.spot import Spot

T = TypeVar("T")

LANGUAGES = {**{name: name for name in ("en", "ja", "ko", "th", "vi")}, "id-name": "id"}
"""By column."""
NO_SECTION = "菜單"
_CUT = re.compile(r"\D*[1-9]\d{0,2}\|\d{3}\s*元?")
"""NT$1,200 in two cells."""
_FULL_WIDTH = "the cells are parted by full-width commas (，): write half-width ones (,)"


def draft_of(text: str, file: str, store: str, store_name: str) -> Draft:
    """The menu that `text` says. Raises `MenuRefused` where it has no headings."""
    try:
        found = list(rows_of(text))
    except csv.Error as error:
        # csv's own words do not tell an owner what to look for.
        hint = "a quote may not be closed" if "end of data" in str(error) else str(error)
        raise MenuRefused(f"{file}: cannot be read as CSV: {hint}") from error
    sheet = _Sheet(store, store_name)
    body = iter(found)
    for line, row in body:
        if are_headings(row):
            break
        if are_headings(joined_by_full_width(row)):
            raise MenuRefused(f"{file}, line {line}: {_FULL_WIDTH}")
        sheet.add_shop(line, row)
    else:
        raise MenuRefused(
            f"{file}, line {found[0][0] if found else 1}: no heading is 品名 or name; "
            "the first row has to say what the columns are, as in 品名,價格,分類"
        )
    sheet.add_headings(line, row)
    for line, row in body:
        sheet.add(line, row)
    return sheet.draft(file)


@dataclass
class _Row:
    """One row by the meanings of its columns."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class _Sheet:
    store: str
    store_name: str
    columns: list[str] = field(default_factory=list)
    """By position; size:大杯 is a column of prices, empty one that means nothing."""
    headings: list[str] = field(default_factory=list)
    mistakes: list[tuple[Spot, str]] = field(default_factory=list)
    spots: dict[Place, Spot] = field(default_factory=dict)
    shop: dict[str, str] = field(default_factory=dict)
    section: str = NO_SECTION
    """Of the row above."""
    rows: dict[tuple[str, str], list[_Row]] = field(default_factory=dict)
    """Of each dish, by section and name."""
    section_lines: dict[str, int] = field(default_factory=dict)
    """Where each section is named first."""
    given_ids: set[str] = field(default_factory=set)
    """Of dishes, by the owner."""
    groups: Groups = field(default_factory=Groups)
    passed_over: list[tuple[Spot, str]] = field(default_factory=list)

    def add_shop(self, line: int, row: list[str]) -> None:
        language = meaning("shop", row[0])
        if self._is_broken(line, row):
            pass
        elif joined_by_full_width(row):
            self._wrong(line, 0, _FULL_WIDTH)
            row = joined_by_full_width(row)
        elif language is None:
            self._wrong(line, 0, f"“{row[0]}” is above the headings, and no word for the shop")
            return
        # Of a broken row too: that the shop has no name is no second mistake.
        language = language or "zh-TW"
        self.shop[language] = next((cell for cell in row[1:] if cell), "")
        self.spots["name", language] = Spot(line, 2, row[0])

    def add_headings(self, line: int, row: list[str]) -> None:
        self.headings = row
        self.spots[()] = self._spot(line, 0)
        for position, heading in enumerate(row):
            size = meaning("size", heading)
            column = meaning("column", heading) or (f"size:{size}" if size else "")
            if heading and not column:
                near = get_close_matches(plain(heading), [*words("column"), *words("size")], n=1)
                hint = f": is it {near[0]}?" if near else "; docs/menus.md has those that are known"
                self._wrong(line, position, f"nobody knows the heading “{heading}”{hint}")
            if column and column in self.columns:
                self._wrong(line, position, f"“{heading}” says again what another heading says")
            self.columns.append(column)
        if not any(column == "price" or column.startswith("size:") for column in self.columns):
            self._wrong(line, 0, "no heading is 價格 or price")

    def add(self, line: int, row: list[str]) -> None:
        if total := self._total(row):
            said = f"“{total}” is no dish: the row is passed over"
            self.passed_over.append((self._spot(line, row.index(total)), said))
            return
        if self._is_broken(line, row):
            return
        if any(map(_is_amount, joined_by_full_width(row)[1:])):
            self._wrong(line, 0, _FULL_WIDTH)
            return
        if len(row) > len(self.columns) and any(row[len(self.columns) :]):
            self._wrong(
                line,
                len(self.columns),
                f"has {len(row)} cells, and there are {len(self.columns)} headings; "
                'a text with a comma has to be in quotes: "NT$1,200"',
            )
            return
        for position, cell in enumerate(row[: len(self.columns)]):
            if cell and not self.headings[position]:
                self._wrong(line, position, f"“{cell}” has no heading above it")
        told = _Row(
            line, {name: cell for name, cell in zip(self.columns, row, strict=False) if name}
        )
        if self._is_split(row):
            self._wrong(
                line,
                self._position("price"),
                'a price with a comma has to be in quotes: "NT$1,200"',
            )
            return
        if not told["name"]:
            self._wrong(line, self._position("name"), "the dish has no name")
            return
        self.section = told["section"] or self.section
        self.section_lines.setdefault(self.section, line)
        key = (self.section, told["name"])
        if key in self.rows:
            self._add_size(self.rows[key], told)
        else:
            self.rows[key] = [told]

    def _total(self, row: list[str]) -> str:
        """The word that makes the row a sum of others; empty of a dish's."""
        at = self._position("name")
        name = "".join(row[at : at + 1])
        return next((cell for cell in ([name] if name else row) if _is_total(cell)), "")

    def _is_broken(self, line: int, row: list[str]) -> bool:
        """Whether a cell holds what a formula leaves instead of what it comes to; tells which."""
        wrong = [(position, cells.broken(cell)) for position, cell in enumerate(row)]
        for position, why in wrong:
            if why:
                self._wrong(line, position, why)
        return any(why for _, why in wrong)

    def _is_split(self, row: list[str]) -> bool:
        """Whether a price was cut in two at its comma, and moved all behind it by a column."""
        at = self._position("price")
        after = "".join(self.columns[at + 1 : at + 2])
        is_other = bool(after) and not after.startswith(("size", "options"))
        return is_other and bool(_CUT.fullmatch("|".join(row[at : at + 2])))

    def _add_size(self, before: list[_Row], row: _Row) -> None:
        first = before[0]
        sizes = {meaning("size", other["size"]) or other["size"]: other.line for other in before}
        size = meaning("size", row["size"]) or row["size"]
        if size and size in sizes:
            said = f"“{row['name']}” in {size} is in line {sizes[size]} already"
            self._wrong(row.line, self._position("size"), said)
            return
        if not row["size"] or not first["size"]:
            self._wrong(
                row.line,
                self._position("name"),
                f"“{row['name']}” is in line {first.line} already; "
                "give each a size (column 大小), or another name",
            )
            return
        for name, cell in row.cells.items():
            if name not in {"name", "section", "size", "price"} and cell not in {"", first[name]}:
                self._wrong(row.line, self._position(name), f"belongs into line {first.line}")
        before.append(row)

    def draft(self, file: str) -> Draft:
        names = Counter(name for _, name in self.rows)
        in_order: dict[str, list[dict[str, Any]]] = {section: [] for section, _ in self.rows}
        numbers = {section: number for number, section in enumerate(in_order)}
        for (section, name), rows in self.rows.items():
            place = ("sections", numbers[section], "dishes", len(in_order[section]))
            # Twice in the menu: then the section tells one from the other.
            given = (section, name) if names[name] > 1 else (name,)
            in_order[section].append(self._dish(rows, place, id_of("d", *given)))
        for section, number in numbers.items():
            self._mark(("sections", number), self.section_lines[section], "section")
        self.spots["sections",] = self._spot(self.spots[()].line, self._position("section"))
        self.spots["option_groups",] = self._spot(self.spots[()].line, self._position("options"))
        for number, spot in enumerate(self.groups.spots):
            self.spots["option_groups", number] = spot
        ids = self.groups.ids()
        for dishes in in_order.values():
            for dish in dishes:
                if "options" in dish:
                    dish["options"] = [ids[group] for group in dish["options"]]
        self.spots["store_id",] = Spot(1, 1, "the shop's id: STORE=…")
        self.spots["name",] = Spot(1, 1, "a row 店名,…, or STORE_NAME=…")
        shop = {"zh-TW": self.store_name} if self.store_name else self.shop
        document = {
            "store_id": self.store,
            **({"name": shop} if shop else {}),
            "sections": [
                {"id": id_of("s", section), "name": {"zh-TW": section}, "dishes": dishes}
                for section, dishes in in_order.items()
            ],
            "option_groups": self.groups.documents(),
        }
        made = {dish["id"] for dishes in in_order.values() for dish in dishes} - self.given_ids
        return Draft(
            file, document, self.spots, self.mistakes, made | set(ids.values()), self.passed_over
        )

    def _dish(self, rows: list[_Row], place: Place, made_id: str) -> dict[str, Any]:
        row = rows[0]
        if row["id"]:
            self.given_ids.add(row["id"].lower())
        self._mark(place, row.line, "name")
        dish: dict[str, Any] = {"id": row["id"].lower() or made_id, "name": {"zh-TW": row["name"]}}
        self._mark((*place, "id"), row.line, "id" if row["id"] else "name")
        for column, language in LANGUAGES.items():
            if row[column]:
                dish["name"][language] = row[column]
                self._mark((*place, "name", language), row.line, column)
        self._add_prices(dish, rows, place)
        readers: dict[str, Callable[[str], Any]] = {
            "sold_out": cells.truth,
            "spicy": lambda text: int(cells.one_of("spicy", text)),
            "diet": lambda text: cells.one_of("diet", text) or None,
            "allergens": cells.allergens,
            "options": cells.groups,
            "kind": str,
        }
        for column, reader in readers.items():
            self._mark((*place, column), row.line, column)
            if row[column]:
                dish[column] = self._read(row, column, reader)
        for group in dish.get("options") or []:
            self.groups.add(group, dish["id"], self._spot(row.line, self._position("options")))
        return {name: value for name, value in dish.items() if value is not None or name == "price"}

    def _add_prices(self, dish: dict[str, Any], rows: list[_Row], place: Place) -> None:
        sizes = [
            (row, meaning("size", row["size"]) or row["size"], "price")
            for row in rows
            if row["size"]
        ]
        sizes += [
            (rows[0], column.partition(":")[2], column)
            for column in self.columns
            if column.startswith("size:") and rows[0][column]
        ]
        if not sizes:
            dish["price"] = self._read(rows[0], "price", cells.price)
            self._mark((*place, "price"), rows[0].line, "price")
            return
        dish["sizes"] = []
        for number, (row, name, column) in enumerate(sizes):
            if name in (other for _, other, _ in sizes[:number]):
                self._wrong(row.line, self._position(column), f"“{name}” is there twice")
            price = self._read(row, column, cells.price)
            dish["sizes"].append({"id": id_of("z", name), "name": {"zh-TW": name}, "price": price})
            self._mark((*place, "sizes", number), row.line, column)
            if column == "price":
                self._mark((*place, "sizes", number, "id"), row.line, "size")
        if rows[0]["price"] and not rows[0]["size"]:
            self._wrong(
                rows[0].line, self._position("price"), "has prices by size: which one is this?"
            )

    def _read(self, row: _Row, column: str, reader: Callable[[str], T]) -> T | None:
        try:
            return reader(row[column])
        except ValueError as error:
            self._wrong(row.line, self._position(column), str(error))
            return None

    def _position(self, column: str) -> int:
        return self.columns.index(column) if column in self.columns else 0

    def _spot(self, line: int, position: int) -> Spot:
        return Spot(line, position + 1, "".join(self.headings[position : position + 1]))

    def _mark(self, place: Place, line: int, column: str) -> None:
        self.spots[place] = self._spot(line, self._position(column))

    def _wrong(self, line: int, position: int, message: str) -> None:
        self.mistakes.append((self._spot(line, position), message))


def _is_total(cell: str) -> bool:
    return meaning("total", cell.rstrip(":： ")) is not None


def _is_amount(cell: str) -> bool:
    try:
        return cells.price(cell) is not None
    except ValueError:
        return False
