"""What our model of Kokoro has to know beforehand: `python -m bench.kokoro_ranges`.

The published model says the orders below, with its own moving scales, and tells the extremes of
what goes into each convolution of its vocoder's residual blocks, and of each channel that comes
out: `deploy/kokoro_ranges.npz`. Then the model with scales fixed by that says them again, and
tells, for each channel that goes into a normalisation, mean and mean square over the sentence's
opening: `deploy/kokoro_openings.npz`. The last line says what model is made from them: put its size
and sha256 into `parts.py`, count `version` up in `engine.py`, and listen
(`python -m bench.voices`).

Run it anew when the voice, `SPEED` or `LONGEST_PIECE` changes. It takes a quarter of an hour.
"""

import hashlib
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper

from chalicelib.mandarin.sentence import order_sentence
from chalicelib.order import Allergen, Item, Order
from chalicelib.speech.engines.kokoro.engine import LONGEST
from chalicelib.speech.engines.kokoro.model import Model, open_session
from chalicelib.speech.engines.kokoro.parts import MODEL, Part, check
from chalicelib.speech.engines.kokoro.reader import OPENING_ENDS, Reader
from chalicelib.speech.engines.kokoro.vocabulary import tokens
from deploy import kokoro_model
from deploy.kokoro_graph import make
from deploy.kokoro_openings import FIRST, OPENINGS, START, STEPS, located, normalisations
from deploy.kokoro_scales import RANGES, convolutions, fixed
from deploy.onnx_graph import Graph
from tests.dishes import DISHES

ORDERS = 68
WISHES = (
    *(
        "",
        "",
        "",
        "(大杯/半糖/少冰)",
        "(no peanuts)",
        "(不要香菜、蒜少一點)",
        "(10顆)",
        "(extra cheese)",
    ),
    *("(well done)", "(less ice)", "(加起司)", "(800cc)", "(XL)", "(S)", "(外帶)", "(微辣)"),
)
NEEDS: tuple[tuple[Allergen, ...], ...] = (
    *((), (), (), (), (), (), ("peanuts",), ("crustaceans", "nuts")),
    *(("milk", "eggs"), ("mango",), ("soy", "fish", "sesame", "molluscs")),
)


def sentences() -> Iterator[str]:
    """Of one to six dishes with wishes and allergies, not those that `bench.voices` listens to."""
    choose = random.Random(8)
    for at in range(ORDERS):
        items = [
            Item(
                original=dish.name + choose.choice(WISHES),
                translated=dish.name,
                quantity=choose.choice((1, 1, 1, 2, 2, 3, 4, 6, 12, 25)),
                price=choose.choice((35, 80, 120)),
            )
            for dish in choose.sample(DISHES, 1 + at % 6)
        ]
        needs = choose.choice(NEEDS)
        order = Order(store_name="店", items=tuple(items), language="zh-TW", allergies=needs)
        sentence = order_sentence(order).text
        if len(sentence) <= LONGEST:
            yield sentence


def tell_extremes(model: ModelProto) -> list[str]:
    """Add outputs to `model`: of each convolution, whose names are returned in their order, the
    least and the most of what goes in, and of each channel that comes out."""
    graph, names = Graph(model), []
    located(graph)
    for convolution in convolutions(graph):
        names.append(convolution.name)
        for value, axes in ((convolution.x, [0, 1, 2]), (convolution.y, [0, 2])):
            for extreme in ("ReduceMin", "ReduceMax"):
                _tell(graph, extreme, value, axes)
    graph.finish()
    return names


def tell_openings(model: ModelProto) -> list[str]:
    """Add outputs to `model`: of each normalisation, whose names are returned in their order, mean
    and mean square of each channel that goes in, over what is before `FIRST`."""
    graph, names = Graph(model), []
    located(graph)
    nothing, last = graph.add("told/0", np.array([0])), graph.add("told/last", np.array([2]))
    for normalisation in normalisations(graph):
        names.append(normalisation.name)
        x, told = normalisation.x, f"told/{normalisation.name}"
        graph.nodes += [
            helper.make_node("Shape", [x], [f"{told}/shape"]),
            helper.make_node("Gather", [f"{told}/shape", last], [f"{told}/length"]),
            # Some values more than a multiple of the steps: the borders of convolutions.
            helper.make_node("Div", [f"{told}/length", STEPS], [f"{told}/a step"]),
            helper.make_node("Mul", [START, f"{told}/a step"], [f"{told}/end"]),
            helper.make_node("Slice", [x, nothing, f"{told}/end", last], [f"{told}/opening"]),
            helper.make_node("Mul", [f"{told}/opening"] * 2, [f"{told}/squares"]),
        ]
        for value in (f"{told}/opening", f"{told}/squares"):
            _tell(graph, "ReduceMean", value, [0, 2])
    graph.finish()
    return names


def _tell(graph: Graph, kind: str, value: str, axes: list[int]) -> None:
    over, told = graph.add(f"{value}/{kind}/axes", np.array(axes)), f"{value}/{kind}"
    graph.nodes.append(helper.make_node(kind, [value, over], [told], keepdims=0))
    graph.give(told, TensorProto.FLOAT, None)


class Telling:
    """A session whose further outputs are kept, and not the caller's to see."""

    def __init__(self, model: ModelProto) -> None:
        self._session = open_session(model.SerializeToString())
        self.told: list[Sequence[NDArray[np.float32]]] = []
        """Of each run."""
        self.told_of_openings: list[Sequence[NDArray[np.float32]]] = []
        """Of each run that has one."""

    def run(self, _: None, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """What a session of our model gives where all is wanted."""
        colons = np.flatnonzero(inputs["tokens"][0] == tokens(OPENING_ENDS)[1])
        first = colons[:1] if len(colons) else np.array([0])
        audio, frames, *told = self._session.run(None, {**inputs, FIRST: first})
        self.told.append(told)
        if len(colons):
            self.told_of_openings.append(told)
        return [audio, frames]


def ranges(names: Sequence[str], runs: Sequence[Sequence[NDArray[np.float32]]]) -> dict[str, Any]:
    """Two rows for each convolution, as `deploy.kokoro_scales.Ranges` has them."""
    columns = [np.stack(values) for values in zip(*runs, strict=True)]
    found = {}
    for name, at in zip(names, range(0, len(columns), 4), strict=True):
        x_low, x_high, y_low, y_high = columns[at : at + 4]
        low, high = [x_low.min(), *y_low.min(0)], [x_high.max(), *y_high.max(0)]
        found[name] = np.array([low, high]).astype(np.float16)
    return found


def openings(names: Sequence[str], runs: Sequence[Sequence[NDArray[np.float32]]]) -> dict[str, Any]:
    """Two rows for each normalisation, as `deploy.kokoro_openings.Openings` has them. In 32 bits:
    the difference of the two counts."""
    columns = [np.stack(values) for values in zip(*runs, strict=True)]
    pairs = zip(columns[0::2], columns[1::2], strict=True)
    return {
        name: np.array([np.mean(mean, 0), np.mean(square, 0)])
        for name, (mean, square) in zip(names, pairs, strict=True)
    }


def said(model: ModelProto, folder: Path) -> Telling:
    """`model`, when it has said the sentences."""
    telling = Telling(model)
    for sentence in sentences():
        # One of its own each time, which has said no opening yet.
        reader = Reader(Model.around(telling, folder))
        reader.read(sentence, deadline=float("inf"), clock=time.monotonic)
        print(len(telling.told), sentence, flush=True)
    return telling


def main() -> None:
    folder = kokoro_model.cache_folder()
    published = check(folder, kokoro_model.PUBLISHED)
    model = onnx.load(published)
    found = ranges(tell_extremes(model), said(model, folder).told)
    np.savez_compressed(RANGES, **found)
    # Of the model with fixed scales, whose convolutions leave out what a normalisation takes away.
    model = onnx.load(published)
    fixed(model, found)
    names = tell_openings(model)
    told = said(model, folder).told_of_openings
    np.savez_compressed(OPENINGS, **openings(names, told))
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, MODEL.name)
        make(published, made)
        content = made.read_bytes()
    print(Part(MODEL.name, len(content), hashlib.sha256(content).hexdigest()))


if __name__ == "__main__":
    main()
