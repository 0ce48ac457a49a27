"""`make bench`: what our choices are worth, each against its alternative, in alternating runs.

    python -m bench [--zip function.zip] [--save NAME]

With `--save` the run is kept as `bench/results/NAME.json`, and the table and the plots of
docs/bench.md are made anew of the runs kept there. `--zip` measures the package of another version.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import report
from bench.interpreters import unpacked
from bench.lines import lines
from bench.measuring import Measured

console = Console()


def table_of(results: list[Measured]) -> Table:
    table = Table("measured", "ours", "other", "ratio (quartiles)", "goal", title="medians")
    for each in results:
        ratio = each.ratio
        table.add_row(
            each.line.name,
            f"{each.ours.median:.4g} {each.line.unit}",
            f"{each.floor.median:.4g} {each.line.unit}",
            f"{ratio.median:.2f} ({ratio.lower:.2f}-{ratio.upper:.2f})",
            f"{each.line.goal:.2f} {each.verdict}" if each.line.goal else "",
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zip", type=Path, help="a package's, in place of one built now")
    parser.add_argument("--save", help="name of the run, below bench/results")
    told = parser.parse_args()
    results: list[Measured] = []
    with unpacked(told.zip) as folder, tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch, "plain")
        shutil.copytree(folder, plain, ignore=shutil.ignore_patterns("*.pyc"))
        with console.status("Measuring …") as status:
            for each in lines(folder, plain):
                results.append(each)
                status.update(f"Measured: {each.line.name}")
    console.print(table_of(results))
    if told.save:
        report.save(told.save, results)


if __name__ == "__main__":
    main()
