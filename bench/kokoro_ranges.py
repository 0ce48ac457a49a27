"""The ranges that fix the scales of Kokoro's model: `python -m bench.kokoro_ranges`.

The published model says the orders below, with its own moving scales, and tells the extremes of
what goes into each convolution of its vocoder's residual blocks, and of each channel that comes
out. They become `deploy/kokoro_ranges.npz`. The last line says what model is made from them: put
its size and sha256 into `parts.py`, count `version` up in `engine.py`, and listen
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
from chalicelib.speech.engines.kokoro.reader import Reader
from deploy import kokoro_model
from deploy.kokoro_scales import RANGES, convolutions, make
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


def have_it_tell(model: ModelProto) -> list[str]:
    """Add outputs to `model`: of each convolution, whose names are returned in their order, the
    least and the most of what goes in, and of each channel that comes out."""
    graph, names = model.graph, []
    for convolution in convolutions(Graph(model)):
        names.append(convolution.name)
        for value, axes in ((convolution.x, [0, 1, 2]), (convolution.y, [0, 2])):
            over = f"{value}/axes"
            graph.initializer.append(helper.make_tensor(over, TensorProto.INT64, [len(axes)], axes))
            for extreme in ("ReduceMin", "ReduceMax"):
                told = f"{value}/{extreme}"
                graph.node.append(helper.make_node(extreme, [value, over], [told], keepdims=0))
                graph.output.append(helper.make_tensor_value_info(told, TensorProto.FLOAT, None))
    return names


class Telling:
    """A session whose further outputs are kept, and not the caller's to see."""

    def __init__(self, model: ModelProto) -> None:
        self._session = open_session(model.SerializeToString())
        self.told: list[Sequence[NDArray[np.float32]]] = []
        """Of each run."""

    def run(self, _: None, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        audio, *told = self._session.run(None, inputs)
        self.told.append(told)
        return [audio]


def ranges(names: Sequence[str], runs: Sequence[Sequence[NDArray[np.float32]]]) -> dict[str, Any]:
    """Two rows for each convolution, as `deploy.kokoro_scales.Ranges` has them."""
    columns = [np.stack(values) for values in zip(*runs, strict=True)]
    found = {}
    for name, at in zip(names, range(0, len(columns), 4), strict=True):
        x_low, x_high, y_low, y_high = columns[at : at + 4]
        low, high = [x_low.min(), *y_low.min(0)], [x_high.max(), *y_high.max(0)]
        found[name] = np.array([low, high]).astype(np.float16)
    return found


def main() -> None:
    folder = kokoro_model.cache_folder()
    published = check(folder, kokoro_model.PUBLISHED)
    model = onnx.load(published)
    names = have_it_tell(model)
    telling = Telling(model)
    reader = Reader(Model.around(telling, folder))
    for sentence in sentences():
        reader.read(sentence, deadline=float("inf"), clock=time.monotonic)
        print(len(telling.told), sentence, flush=True)
    np.savez_compressed(RANGES, **ranges(names, telling.told))
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, MODEL.name)
        make(published, made)
        content = made.read_bytes()
    print(Part(MODEL.name, len(content), hashlib.sha256(content).hexdigest()))


if __name__ == "__main__":
    main()
