"""Kokoro's model, told to leave out a sentence's opening, and what follows sounds as if it had not.

    tokens ─ lengths, melody, decoder: of the whole sentence ─ [from `first` on] ─ vocoder ─▶ audio

Orders begin with the same words, and the vocoder takes nine tenths of the time. But its
normalisations take mean and variance over the whole sentence, so that without the opening the rest
sounds otherwise: louder, and less clear. So each of them is told what the opening would add:

    mean = share · mean of an opening + (1 - share) · mean of the rest;  squares likewise

where `share` is how much of the sentence is left out. What an opening has differs by some
hundredths between sentences; `kokoro_openings.npz` holds it, which `python -m bench.kokoro_ranges`
has measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper

from deploy.onnx_graph import Graph, other

Openings = Mapping[str, NDArray[Any]]
"""By the name of a normalisation two rows: of each channel the mean, and the mean square, of its
input over an opening."""

OPENINGS = Path(__file__).with_name("kokoro_openings.npz")
VOCODER = "/generator/"

FIRST: Final = "first"
"""The model's input: with which token the sound begins; int64, one number. 0 is everything."""
FRAMES: Final = "frames"
"""The model's output: before each token, and behind the last, how many frames there are."""
BEFORE: Final = 4
"""Frames. A sound comes before the token that it is of; behind an opening it is silent there."""

_LENGTHS = "/encoder/CumSum_output_0"
_INTO_VOCODER = ("/decoder/decoder/decode.3/Div_4_output_0", "/decoder/decoder/Unsqueeze_output_0")
"""Two steps a frame, along the axis 2."""
_STEPS: Final = 2
START: Final = "opening/start"
"""How many steps are left out."""
STEPS: Final = "opening/steps"
"""How many there are in all."""
_SHARE, _REST = "opening/share", "opening/rest"
_AXIS = "opening/axis"


@dataclass(frozen=True, slots=True)
class Normalisation:
    """(x - mean) / √(variance + ε), which one or more blocks scale and shift."""

    name: str
    """`resblocks.0/Div`"""
    x: str
    epsilon: float
    node: NodeProto
    """The one that divides: the last of all that blocks share."""


def normalisations(graph: Graph) -> Iterator[Normalisation]:
    """Those of the vocoder."""
    for node in graph.nodes:
        if VOCODER not in node.name or node.op_type != "Div":
            continue
        deviation = graph.way(node.input[1], "Sqrt", "Add", "ReduceMean")
        if deviation:
            (centre,) = graph.way(node.input[0], "Sub")
            yield Normalisation(
                name=node.name.rpartition(VOCODER)[2],
                x=centre.input[0],
                epsilon=float(graph.constant(deviation[1].input[1])),
                node=node,
            )


def left_out(model: ModelProto, openings: Openings) -> None:
    """Have `model` take `FIRST`, tell `FRAMES`, and leave out of the vocoder what is before."""
    graph = Graph(model)
    located(graph)
    for value in _INTO_VOCODER:
        (taker,) = (node for node in graph.takers(value) if VOCODER in node.name)
        graph.replace(taker, _from_start(value, taker))
    for normalisation in normalisations(graph):
        _blend(graph, normalisation, openings[normalisation.name])
    graph.finish()


def located(graph: Graph) -> None:
    """Have the model take `FIRST` and tell `FRAMES`, and know `START` and `STEPS` by that."""
    graph.take(FIRST, TensorProto.INT64, [1])
    graph.give(FRAMES, TensorProto.INT64, ["tokens"])
    zero = graph.add("opening/zero", np.array([0]))
    last = graph.add("opening/last", np.array([-1]))
    before = graph.add("opening/before", np.array([BEFORE]))
    steps = graph.add("opening/steps a frame", np.array([_STEPS]))
    graph.add(_AXIS, np.array([2]))
    node = helper.make_node
    graph.follow(
        _LENGTHS,
        [
            node("Concat", [zero, _LENGTHS], [FRAMES], axis=0),
            node("Gather", [FRAMES, FIRST], ["opening/token"]),
            node("Sub", ["opening/token", before], ["opening/early"]),
            node("Max", ["opening/early", zero], ["opening/frame"]),
            node("Mul", ["opening/frame", steps], [START]),
            node("Gather", [FRAMES, last], ["opening/frames"]),
            node("Mul", ["opening/frames", steps], [STEPS]),
            node("Cast", [START], ["opening/start as float"], to=TensorProto.FLOAT),
            node("Cast", [STEPS], ["opening/steps as float"], to=TensorProto.FLOAT),
            node("Div", ["opening/start as float", "opening/steps as float"], [_SHARE]),
            node("Sub", [graph.add("opening/one", np.array([1], np.float32)), _SHARE], [_REST]),
        ],
    )


def _from_start(value: str, taker: NodeProto) -> list[NodeProto]:
    behind = f"{value}/behind the opening"
    taking = NodeProto()
    taking.CopyFrom(taker)
    taking.input[:] = [behind if one == value else one for one in taker.input]
    return [helper.make_node("Slice", [value, START, STEPS, _AXIS], [behind]), taking]


def _blend(graph: Graph, of: Normalisation, opening: NDArray[Any]) -> None:
    """Have a normalisation reckon with the `opening`; each block then scales and shifts at once."""
    name = f"opening/{of.name}"
    mean, square = (row.astype(np.float32).reshape(1, -1, 1) for row in opening)
    node = helper.make_node

    def value(part: str) -> str:
        return f"{name}/{part}"

    def blended(part: str, of_rest: str, of_opening: NDArray[Any]) -> list[NodeProto]:
        constant = graph.add(value(f"{part} of an opening"), of_opening)
        return [
            node("ReduceMean", [of_rest, _AXIS], [value(f"{part} of the rest")], keepdims=1),
            node("Mul", [value(f"{part} of the rest"), _REST], [value(f"{part}, rest")]),
            node("Mul", [constant, _SHARE], [value(f"{part}, opening")]),
            node("Add", [value(f"{part}, rest"), value(f"{part}, opening")], [value(part)]),
        ]

    epsilon = graph.add(value("epsilon"), np.array([of.epsilon], np.float32))
    statistics = [
        *blended("mean", of.x, mean),
        node("Mul", [of.x, of.x], [value("squares")]),
        *blended("square", value("squares"), square),
        node("Mul", [value("mean"), value("mean")], [value("squared mean")]),
        node("Sub", [value("square"), value("squared mean")], [value("difference")]),
        # Of a channel where nothing happens, rounding may leave less than nothing.
        node("Relu", [value("difference")], [value("variance")]),
        node("Add", [value("variance"), epsilon], [value("more")]),
        node("Sqrt", [value("more")], [value("deviation")]),
    ]
    graph.replace(of.node, statistics)
    (even,) = of.node.output
    for number, scaled in enumerate(graph.takers(even)):
        shifted = graph.taker(scaled.output[0])
        scale, shift = other(scaled, even), other(shifted, scaled.output[0])
        factor, moved, offset, product = (
            value(f"{part} {number}") for part in ("factor", "moved", "offset", "product")
        )
        graph.replace(
            shifted,
            [
                node("Div", [scale, value("deviation")], [factor]),
                node("Mul", [factor, value("mean")], [moved]),
                node("Sub", [shift, moved], [offset]),
                node("Mul", [of.x, factor], [product]),
                node("Add", [product, offset], [shifted.output[0]]),
            ],
        )
