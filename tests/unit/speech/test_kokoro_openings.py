"""An opening that is left out: what the model computes of the rest, and who remembers it."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

from chalicelib.speech.engines.kokoro import audio
from chalicelib.speech.engines.kokoro.model import SAMPLE_RATE, Model, Samples
from chalicelib.speech.engines.kokoro.phonemes import phrases, pieces
from chalicelib.speech.engines.kokoro.reader import OPENINGS_KEPT, SPEED, Reader
from deploy.kokoro_openings import BEFORE, left_out
from deploy.onnx_graph import Graph
from tests.nightly import at_night

Floats = NDArray[np.float32]

LENGTHS = np.array([12, 9, 9, 10, 5])
"""Frames of each token, at two steps a frame; the token 3 begins with the frame 30."""
STEPS = 2 * int(LENGTHS.sum())
START = 2 * (30 - BEFORE)
SHAPE = [1, None, None]
VOCODER = "/decoder/decoder/generator"

some = np.random.default_rng(7)
X = some.normal(3, 2, (1, 4, STEPS)).astype(np.float32)
X[:, 1] += 5
X[:, 1, :START] *= 3
X[:, 3] = 700.1
MELODY = some.normal(0, 1, (1, 1, STEPS)).astype(np.float32)


def published() -> ModelProto:
    """The published model's way into the vocoder, and a normalisation that two blocks share."""
    node = helper.make_node
    x, melody = "/decoder/decoder/decode.3/Div_4_output_0", "/decoder/decoder/Unsqueeze_output_0"
    blocks = [
        part
        for at in "ab"
        for part in (
            node("Mul", [f"scale_{at}", "even"], [f"scaled_{at}"], name=f"{VOCODER}/Mul_{at}"),
            node("Add", [f"scaled_{at}", f"shift_{at}"], [f"block_{at}"], name=f"{VOCODER}/{at}"),
        )
    ]
    wide = {
        f"{kind}_{at}": some.normal(0, 1, (1, 4, 1)).astype(np.float32)
        for kind in ("scale", "shift")
        for at in "ab"
    }
    constants = {"last": np.array([2]), "two": np.float32(2), "epsilon": np.float32(1e-5), **wide}
    nodes = [
        node("CumSum", ["lengths", "zero"], ["/encoder/CumSum_output_0"]),
        node("Identity", ["x"], [x]),
        node("Identity", ["melody"], [melody]),
        node("Neg", [melody], ["elsewhere"]),
        node("LeakyRelu", [x], ["leaky"], name=f"{VOCODER}/LeakyRelu"),
        node("Abs", [melody], ["loud"], name=f"{VOCODER}/f0_upsamp"),
        node("ReduceMean", ["leaky", "last"], ["mean"]),
        node("Sub", ["leaky", "mean"], ["centred"], name=f"{VOCODER}/Sub"),
        node("Mul", ["centred", "centred"], ["squares"]),
        node("ReduceMean", ["squares", "last"], ["variance"]),
        node("Add", ["variance", "epsilon"], ["more"]),
        node("Sqrt", ["more"], ["deviation"]),
        node("Div", ["centred", "deviation"], ["even"], name=f"{VOCODER}/block/Div"),
        *blocks,
        node("Sub", ["block_a", "block_b"], ["both"]),
        node("Add", ["both", "loud"], ["y"]),
    ]
    floats = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, SHAPE) for name in ("x", "melody")
    ]
    lengths = helper.make_tensor_value_info("lengths", TensorProto.INT64, ["tokens"])
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, SHAPE) for name in ("y", "elsewhere")
    ]
    tensors = [
        numpy_helper.from_array(np.asarray(value), name)
        for name, value in {"zero": np.int64(0), **constants}.items()
    ]
    graph = helper.make_graph(nodes, "made up", [lengths, *floats], outputs, tensors)
    opset = [helper.make_opsetid("", 20)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9)


def run(model: ModelProto, **inputs: NDArray[Any]) -> list[NDArray[Any]]:
    checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = {"lengths": LENGTHS, "x": X, "melody": MELODY, **inputs}
    return [np.asarray(value) for value in session.run(None, given)]


def of_the_opening() -> NDArray[np.float32]:
    leaky = np.where(X > 0, X, 0.01 * X)[0, :, :START]
    return np.array([leaky.mean(1), (leaky**2).mean(1)])


@pytest.fixture
def models() -> tuple[ModelProto, ModelProto]:
    before, after = published(), published()
    # The same weights, which are by lot.
    after.CopyFrom(before)
    left_out(after, {"block/Div": of_the_opening()})
    return before, after


def test_all_is_as_it_was_where_nothing_is_left_out(
    models: tuple[ModelProto, ModelProto],
) -> None:
    before, after = models
    whole, _ = run(before)
    y, _, frames = run(after, first=np.array([0]))
    assert y[:, :3] == pytest.approx(whole[:, :3], abs=1e-4)
    assert frames.tolist() == [0, 12, 21, 30, 40, 45]


def test_the_rest_is_as_if_the_opening_had_been_there(
    models: tuple[ModelProto, ModelProto],
) -> None:
    before, after = models
    whole, elsewhere = run(before)
    y, as_before, _ = run(after, first=np.array([3]))
    assert y.shape[2] == STEPS - START
    assert y[:, :3] == pytest.approx(whole[:, :3, START:], abs=1e-4)
    assert (as_before == elsewhere).all(), "what is not the vocoder sees the whole sentence"


def test_a_channel_where_nothing_happens_is_no_root_of_less_than_nothing(
    models: tuple[ModelProto, ModelProto],
) -> None:
    for first in range(len(LENGTHS)):
        y, *_ = run(models[1], first=np.array([first]))
        assert np.isfinite(y).all()


def test_a_token_in_the_leading_silence_leaves_out_no_less_than_nothing(
    models: tuple[ModelProto, ModelProto],
) -> None:
    y, *_ = run(models[1], first=np.array([1]), lengths=np.array([2, 19, 9, 10, 5]))
    assert y.shape[2] == STEPS


def test_the_same_model_comes_out_each_time() -> None:
    model = published()
    other = ModelProto()
    other.CopyFrom(model)
    for one in (model, other):
        left_out(one, {"block/Div": of_the_opening()})
    assert model.SerializeToString(deterministic=True) == other.SerializeToString(
        deterministic=True
    )


def test_a_graph_may_grow_at_its_end() -> None:
    model = published()
    graph = Graph(model)
    graph.give("quieter", TensorProto.FLOAT, ["any", "channels", "steps"])
    half = graph.add("half", np.array(0.5, np.float32))
    graph.nodes.append(helper.make_node("Mul", ["y", half], ["quieter"]))
    graph.finish()
    y, _, quieter = run(model)
    assert quieter == pytest.approx(y / 2)


class Saying:
    """Stands in for a `Model`: keeps what it was asked for."""

    english: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.rests = True

    def samples(self, phonemes: str, *, speed: float) -> Samples:
        self.asked.append(("samples", phonemes))
        said = _tone(1)
        for gap in (SAMPLE_RATE // 4, SAMPLE_RATE // 2):  # Inside words.
            said[gap : gap + SAMPLE_RATE // 8] = 0
        return said

    def parted(self, phonemes: str, opening: str, *, speed: float) -> tuple[Samples, Samples]:
        assert phonemes.startswith(opening)
        self.asked.append(("parted", opening))
        said = _tone(2)
        if self.rests:
            said[-SAMPLE_RATE // 20 :] = 0
        return said, _tone(1)

    def following(self, phonemes: str, opening: str, *, speed: float) -> Samples:
        assert phonemes.startswith(opening)
        self.asked.append(("following", opening))
        return _tone(1)


def _tone(seconds: float) -> Samples:
    return np.sin(np.arange(round(seconds * SAMPLE_RATE), dtype=np.float32) / 20)


@pytest.fixture
def saying() -> Saying:
    return Saying()


@pytest.fixture
def read(saying: Saying, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Samples]]:
    monkeypatch.setattr(audio, "mp3", lambda spoken: spoken)
    opened = Reader(saying)  # type: ignore[arg-type]
    return lambda sentence: opened.read(  # type: ignore[return-value]
        sentence, deadline=time.monotonic() + 60, clock=time.monotonic
    )


def test_an_opening_is_said_once(saying: Saying, read: Callable[[str], list[Samples]]) -> None:
    first = read("老闆您好，我要點：牛肉麵一碗，謝謝。")
    second = read("老闆您好，我要點：貢丸湯兩碗，謝謝。")
    assert [kind for kind, _ in saying.asked] == ["parted", "following"]
    assert saying.asked[0][1] == saying.asked[1][1]
    assert saying.asked[0][1].endswith(":")
    assert [len(part) for part in first] == [len(part) for part in second]
    assert (second[0] == first[0]).all()


def test_another_opening_is_said_in_full(
    saying: Saying, read: Callable[[str], list[Samples]]
) -> None:
    read("老闆您好，我要點：牛肉麵一碗，謝謝。")
    read("老闆您好，外帶，我要點：牛肉麵一碗，謝謝。")
    assert [kind for kind, _ in saying.asked] == ["parted", "parted"]


def test_an_opening_behind_which_the_voice_does_not_rest_is_not_remembered(
    saying: Saying, read: Callable[[str], list[Samples]]
) -> None:
    saying.rests = False
    (whole,) = read("老闆您好，我要點：牛肉麵一碗，謝謝。")
    assert len(whole) == 3 * SAMPLE_RATE
    saying.rests = True
    read("老闆您好，我要點：滷肉飯一碗，謝謝。")
    assert [kind for kind, _ in saying.asked] == ["parted", "parted"]


def test_what_has_no_opening_or_a_long_one_is_said_whole(
    saying: Saying, read: Callable[[str], list[Samples]]
) -> None:
    read("謝謝。")
    read("老闆您好，內用，三位，五號桌，我要點：牛肉麵一碗，謝謝。")
    assert [kind for kind, _ in saying.asked] == ["samples", "samples"]


def test_the_opening_that_was_not_said_longest_is_forgotten_where_there_are_too_many(
    saying: Saying, read: Callable[[str], list[Samples]]
) -> None:
    names = "甲乙丙丁戊己庚辛壬"[: OPENINGS_KEPT + 1]
    for name in [*names[:-1], names[0], names[-1], names[0], names[1]]:
        read(f"{name}老闆您好，我要點：牛肉麵一碗，謝謝。")
    assert [kind for kind, _ in saying.asked[-2:]] == ["following", "parted"]


def test_an_opening_that_is_a_piece_of_its_own_is_said_whole_and_not_remembered(
    saying: Saying, read: Callable[[str], list[Samples]]
) -> None:
    parts = read(f"老闆您好，我要點：{'牛肉麵' * 25}，謝謝。")
    assert {kind for kind, _ in saying.asked} == {"samples"}
    assert saying.asked[0][1].endswith(":")
    assert len(parts) == len(saying.asked)


def test_what_has_no_mark_inside_is_not_stretched(read: Callable[[str], list[Samples]]) -> None:
    (whole,) = read("牛肉麵")
    assert len(whole) == SAMPLE_RATE


@pytest.mark.parametrize("dishes", ["滷肉飯兩碗、貢丸湯一碗", *at_night("小籠包一籠", "Latte一杯")])
def test_the_voice_says_the_rest_as_behind_its_opening(model: Model, dishes: str) -> None:
    sentence = f"老闆您好，我要點：{dishes}，謝謝。"
    (piece,) = pieces(phrases(sentence, model.english))
    opening = piece[: piece.index(":") + 1]
    said, whole = model.parted(piece, opening, speed=SPEED)
    rest = model.following(piece, opening, speed=SPEED)
    assert 1.5 < len(said) / SAMPLE_RATE < 3
    assert len(rest) == len(whole)
    assert audio.rests_at_its_end(said)
    for seam in (whole[:300], rest[:300]):
        assert np.abs(seam).max() < 0.05, "no click"
    assert audio.loudness(rest) == pytest.approx(audio.loudness(whole), abs=1.5)
    assert np.corrcoef(_envelope(rest), _envelope(whole))[0, 1] > 0.98


def _envelope(samples: Samples) -> NDArray[np.floating]:
    """Loudness by the frame of 25 ms."""
    frames = samples[: len(samples) // 600 * 600].reshape(-1, 600)
    return np.asarray(np.log10(np.sqrt((frames**2).mean(1)) + 1e-3))
