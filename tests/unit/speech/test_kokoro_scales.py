"""Kokoro's model with fixed scales: what it computes, and that it is the same one everywhere."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from chalicelib.speech.engines.kokoro.parts import MODEL, check
from deploy import kokoro_graph, kokoro_model
from deploy.eight_bits import Doubles, byte_scale, in_8_bits, widened
from deploy.kokoro_scales import fixed

BLOCK = "/decoder/generator/resblocks.0"
OPSET = [helper.make_opsetid("", 20)]
Floats = NDArray[np.float32]

some = np.random.default_rng(7)
X = some.normal(0, 1, (1, 6, 50)).astype(np.float32)
WEIGHTS = some.integers(-90, 90, (4, 6, 3)).astype(np.int8)
W_SCALE = np.float32(0.003)
W_EXACT: Doubles = WEIGHTS * W_SCALE.astype(np.float64)
BIAS = some.normal(0, 2, 4).astype(np.float32)


def model_of(nodes: list[NodeProto], constants: dict[str, Any]) -> ModelProto:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 6, None])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, None, None])
    tensors = [
        numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()
    ]
    graph = helper.make_graph(nodes, "made up", [x], [y], tensors)
    return helper.make_model(graph, opset_imports=OPSET, ir_version=9)


def published(name: str) -> ModelProto:
    """A convolution, as the published model has them."""
    node = helper.make_node
    return model_of(
        [
            node("DynamicQuantizeLinear", ["x"], ["bytes", "x_scale", "x_zero"]),
            node(
                "ConvInteger",
                ["bytes", "w", "x_zero", "w_zero"],
                ["sums"],
                name=f"{BLOCK}/{name}/Conv_quant",
                pads=[2, 2],
                dilations=[2],
            ),
            node("Mul", ["x_scale", "w_scale"], ["scale"]),
            node("Div", ["bias", "scale"], ["steps"]),
            node("Floor", ["steps"], ["floor"]),
            node("Cast", ["floor"], ["whole"], to=TensorProto.INT32),
            node("Reshape", ["whole", "shape"], ["wide"]),
            node("Add", ["sums", "wide"], ["biased"]),
            node("Cast", ["biased"], ["floats"], to=TensorProto.FLOAT),
            node("Mul", ["floats", "scale"], ["y"]),
        ],
        {
            "w": WEIGHTS,
            "w_zero": np.int8(0),
            "w_scale": W_SCALE,
            "bias": BIAS,
            "shape": np.array([1, -1, 1]),
        },
    )


def run(model: ModelProto, x: Floats = X) -> Floats:
    checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (y,) = session.run(None, {"x": x})
    return np.asarray(y)


def kinds(model: ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


def convolved(x: Doubles, weights: Doubles) -> Doubles:
    """In doubles, with the published convolution's padding and dilation; no bias."""
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2)))
    width = x.shape[2]
    sums: Doubles = np.sum(
        [weights[:, :, at] @ padded[:, :, 2 * at : 2 * at + width] for at in range(3)], axis=0
    )
    return sums


def exact(x: Floats = X) -> Doubles:
    y = convolved(x.astype(np.float64), W_EXACT)
    return np.asarray(y + BIAS[:, np.newaxis])


def ranges_of(x: Floats, y: Doubles) -> NDArray[np.float16]:
    low, high = [x.min(), *y.min((0, 2))], [x.max(), *y.max((0, 2))]
    return np.array([low, high]).astype(np.float16)


@pytest.mark.parametrize("name", ["convs1.0", "convs2.0"])
def test_a_convolution_is_what_doubles_make_of_it_but_for_the_rounding(name: str) -> None:
    expected = exact()
    ranges = ranges_of(X, expected)
    model = published(name)
    fixed(model, {f"resblocks.0/{name}": ranges})
    assert kinds(model) == ["QuantizeLinear", "QLinearConv", "DequantizeLinear"]
    found = run(model).astype(np.float64)
    if name == "convs1.0":  # The mean of a channel is taken away by what follows.
        found += (ranges[:, 1:].astype(np.float64).sum(0) / 2)[:, np.newaxis]
    low, high = widened(*ranges.astype(np.float64))
    x_step = (high[0] - low[0]) / 255
    w_step = in_8_bits(W_EXACT)[1][:, np.newaxis]
    y_step = ((np.maximum(high, 0) - np.minimum(low, 0)) / 254)[1:, np.newaxis]
    ones = np.ones_like(WEIGHTS, np.float64)
    rounding = (
        convolved(np.full(X.shape, x_step / 2), np.abs(W_EXACT))
        + convolved(np.abs(X) + x_step / 2, ones) * w_step / 2
        + y_step
    )
    assert (np.abs(found - expected) <= rounding).all()


def test_what_no_sentence_has_reached_is_cut_off_where_the_range_ends() -> None:
    model = published("convs2.0")
    ranges = ranges_of(X, exact())
    fixed(model, {"resblocks.0/convs2.0": ranges})
    loud = run(model, 100 * X)
    low, high = widened(*ranges[:, 1:].astype(np.float64))
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    step = (high - low) / 254
    assert (np.abs(loud.max((0, 2)) - high) <= 2 * step).all()
    assert (np.abs(loud.min((0, 2)) - low) <= 2 * step).all()


def test_silence_stays_silence() -> None:
    for low, high in ((-0.3, 7.0), (2.0, 7.0), (-7.0, -2.0)):
        step, zero = byte_scale(low, high)
        assert (0 - zero) * step <= low + step
        assert (255 - zero) * step >= high - step
        assert zero == int(zero)
        assert 0 <= zero <= 255


weights = arrays.arrays(
    np.float64, (3, 4, 2), elements=st.floats(-4, 4, allow_subnormal=False, width=32)
)


@given(weights)
@settings(max_examples=300)
def test_two_products_of_bytes_have_room_in_16_bits(of: Doubles) -> None:
    whole, step = in_8_bits(of)
    assert np.abs(whole * step[:, np.newaxis, np.newaxis] - of).max() <= step.max() / 2 * 1.000001
    even, odd = whole[:, 0::2], whole[:, 1::2]
    for sign in (1, -1):
        most = 255 * (np.maximum(sign * even, 0) + np.maximum(sign * odd, 0)).max()
        assert most <= 32_767
    assert np.abs(whole).max() <= 127


@given(weights)
@settings(max_examples=50)
def test_bytes_are_those_of_plain_arithmetic(of: Doubles) -> None:
    """What numpy does to many numbers at a time decides about the hash of the model."""
    whole, step = in_8_bits(of)
    for channel, one in enumerate(of.tolist()):
        most = max(
            sum(max(sign * number, 0.0) for number in pair)
            for sign in (1, -1)
            for even, odd in (one[0:2], one[2:4])
            for pair in zip(even, odd, strict=True)
        )
        plain = max(most / 127, 1e-6)
        assert step[channel] == plain
        assert whole[channel].tolist() == [[round(w / plain) for w in row] for row in one]


def test_the_same_model_comes_out_each_time() -> None:
    ranges = {"resblocks.0/convs2.0": ranges_of(X, exact())}
    first, second = published("convs2.0"), published("convs2.0")
    fixed(first, ranges)
    fixed(second, ranges)
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(
        deterministic=True
    )


def test_squares_are_products_and_other_powers_stay() -> None:
    node = helper.make_node
    model = model_of(
        [node("Pow", ["x", "two"], ["square"]), node("Pow", ["square", "three"], ["y"])],
        {"two": np.float32(2), "three": np.float32(3)},
    )
    before = run(model)
    fixed(model, {})
    assert kinds(model) == ["Mul", "Pow"]
    assert run(model) == pytest.approx(before, rel=1e-5)


def test_the_published_model_makes_the_pinned_one(kokoro_voice: Path, tmp_path: Path) -> None:
    kokoro_graph.make(check(kokoro_voice, kokoro_model.PUBLISHED), tmp_path / MODEL.name)
    assert check(tmp_path, MODEL)
