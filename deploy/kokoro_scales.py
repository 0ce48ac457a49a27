"""Kokoro's model with fixed 8-bit scales: its vocoder's convolutions in 0.6 of the time.

    published   x ─ DynamicQuantizeLinear ─ ConvInteger ─ Add ─ Cast ─ Mul ─▶ y
    made here   x ─ QuantizeLinear ─ QLinearConv ─ DequantizeLinear ─▶ y

The published model looks for the extremes of each x, and brings each sum back to floats by itself.
Where the scales are known beforehand, ONNX Runtime multiplies, sums and scales in one step. So they
are fixed in the vocoder's residual blocks, which take most of the time: 48 convolutions, from the
ranges in `kokoro_ranges.npz`, which `python -m bench.kokoro_ranges` has measured. These hold for
the voice and the speed that it measured; what leaves them by more than a twentieth is cut off.

Squares are products, too. The same published file makes the same bytes on every machine
(`eight_bits.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper

from deploy.eight_bits import MIDDLE, Doubles, byte_scale, channel_scales, in_8_bits, widened
from deploy.kokoro_openings import VOCODER
from deploy.onnx_graph import Graph, other

Ranges = Mapping[str, NDArray[Any]]
"""By the name of a convolution, two rows: the least and the most of its input, and then of each
channel that comes out."""

RANGES = Path(__file__).with_name("kokoro_ranges.npz")


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution of the published model, as floats see it."""

    name: str
    """`resblocks.0/convs1.0`"""
    x: str
    y: str
    weights: Doubles
    """Of the channels that come out × that go in × positions."""
    bias: Doubles
    node: NodeProto
    last: NodeProto
    """Makes `y`."""

    @property
    def is_normalised(self) -> bool:
        """Whether a normalisation follows, which takes the mean of each channel away."""
        return "/convs1" in self.name


def fixed(model: ModelProto, ranges: Ranges) -> None:
    """Fix the scales of `model` by `ranges`."""
    graph = Graph(model)
    for convolution in convolutions(graph):
        graph.replace(convolution.last, _fixed(graph, convolution, ranges[convolution.name]))
    for node in graph.nodes:
        if node.op_type == "Pow" and _is_two(graph, node.input[1]):
            x, y = node.input[0], node.output[0]
            graph.replace(node, [helper.make_node("Mul", [x, x], [y], name=node.name)])
    graph.finish()


def convolutions(graph: Graph) -> Iterator[Convolution]:
    """Those of the vocoder's residual blocks."""
    for node in graph.nodes:
        block, _, name = node.name.removesuffix("/Conv_quant").rpartition(VOCODER)
        if node.op_type == "ConvInteger" and block and "res" in name:
            yield _read(graph, name, node)


def _read(graph: Graph, name: str, node: NodeProto) -> Convolution:
    taken, weights, _, weights_zero = node.input
    (quantised,) = graph.way(taken, "DynamicQuantizeLinear")
    add = graph.taker(node.output[0])
    *_, by_scale = graph.way(other(add, node.output[0]), "Reshape", "Cast", "Floor", "Div")
    cast = graph.taker(add.output[0])
    last = graph.taker(cast.output[0])
    (both_scales,) = graph.way(other(last, cast.output[0]), "Mul")
    (scale,) = (value for value in both_scales.input if graph.is_constant(value))
    steps = graph.constant(weights).astype(np.float64) - graph.constant(weights_zero)
    return Convolution(
        name=name,
        x=quantised.input[0],
        y=last.output[0],
        weights=steps * graph.constant(scale).astype(np.float64),
        bias=graph.constant(by_scale.input[0]).astype(np.float64),
        node=node,
        last=last,
    )


def _fixed(graph: Graph, of: Convolution, ranges: NDArray[Any]) -> list[NodeProto]:
    """What makes the `y` of a convolution out of its `x`, scales fixed.

    Each channel that comes out has a scale of its own, by way of the weights' scale: one for all
    of them leaves the quiet ones no bits. All of `x` shares one, for it is summed.
    """
    low, high = widened(*ranges.astype(np.float64))
    x_scale, x_zero = byte_scale(low[0], high[0])
    y_scale, y_zero, middle = channel_scales(low[1:], high[1:], is_normalised=of.is_normalised)
    weights, weights_scale = in_8_bits(of.weights)
    bias = np.rint((of.bias - middle) / (x_scale * weights_scale))

    def constant(name: str, content: Doubles | float, kind: type[np.generic]) -> str:
        return graph.add(f"fixed/{of.name}/{name}", np.asarray(content).astype(kind))

    x = constant("x_scale", x_scale, np.float32), constant("x_zero", x_zero, np.uint8)
    y = constant("y_scale", y_scale, np.float32), constant("y_zero", y_zero, np.uint8)
    by = (
        constant("weights", weights, np.int8),
        constant("weights_scale", weights_scale / y_scale, np.float32),
        constant("weights_zero", np.zeros(len(weights)), np.int8),
    )
    out = constant("one", 1, np.float32), constant("middle", MIDDLE, np.uint8)
    x_bytes, y_bytes = f"fixed/{of.name}/x", f"fixed/{of.name}/y"
    convolve = helper.make_node(
        "QLinearConv",
        [x_bytes, *x, *by, *out, constant("bias", bias, np.int32)],
        [y_bytes],
        name=of.node.name,
    )
    convolve.attribute.extend(of.node.attribute)
    return [
        helper.make_node("QuantizeLinear", [of.x, *x], [x_bytes]),
        convolve,
        helper.make_node("DequantizeLinear", [y_bytes, *y], [of.y], axis=1),
    ]


def _is_two(graph: Graph, value: str) -> bool:
    return graph.is_constant(value) and bool((graph.constant(value) == 2).all())
