"""An ONNX model's graph by the names of its values, and how nodes give way to others."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper


class Graph:
    """Over `model`, which changes with `finish`. What is looked up is the graph as it was given."""

    def __init__(self, model: ModelProto) -> None:
        self._model = model
        self.nodes = list(model.graph.node)
        self._constants = {tensor.name: tensor for tensor in model.graph.initializer}
        self._makers = {output: node for node in self.nodes for output in node.output}
        self._takers: dict[str, list[NodeProto]] = defaultdict(list)
        self._instead: dict[str, Sequence[NodeProto]] = {}
        for node in self.nodes:
            for value in node.input:
                self._takers[value].append(node)

    def way(self, value: str, *kinds: str) -> list[NodeProto]:
        """The nodes that lead to `value`, the last one first, each the maker of the first input of
        the one before; none, if they are of other kinds."""
        nodes: list[NodeProto] = []
        for kind in kinds:
            node = self._makers.get(value)
            if node is None or node.op_type != kind:
                return []
            nodes.append(node)
            value = node.input[0]
        return nodes

    def taker(self, value: str) -> NodeProto:
        """The one node that takes `value`."""
        (node,) = self.takers(value)
        return node

    def takers(self, value: str) -> Sequence[NodeProto]:
        return self._takers[value]

    def is_constant(self, value: str) -> bool:
        return value in self._constants

    def constant(self, value: str) -> NDArray[Any]:
        return numpy_helper.to_array(self._constants[value])

    def add(self, value: str, content: NDArray[Any]) -> str:
        """`value`, which is a new constant now."""
        self._constants[value] = numpy_helper.from_array(content, value)
        return value

    def replace(self, last: NodeProto, nodes: Sequence[NodeProto]) -> None:
        """Have `nodes` make what `last` makes. They may take all that came before it."""
        self._instead[last.output[0]] = nodes

    def follow(self, value: str, nodes: Sequence[NodeProto]) -> None:
        """Have `nodes` come behind the one that makes `value`."""
        maker = self._makers[value]
        self.replace(maker, [maker, *nodes])

    def take(self, value: str, kind: int, shape: Sequence[int | str]) -> None:
        """Have the model take one more input."""
        self._model.graph.input.append(helper.make_tensor_value_info(value, kind, shape))

    def give(self, value: str, kind: int, shape: Sequence[int | str] | None) -> None:
        """Have the model give one more output."""
        self._model.graph.output.append(helper.make_tensor_value_info(value, kind, shape))

    def finish(self) -> None:
        """Put the new nodes in their places, and leave out all that nobody takes any more."""
        graph = self._model.graph
        wanted = {output.name for output in graph.output}
        kept: list[NodeProto] = []
        for node in reversed(self.nodes):
            for new in reversed(self._instead.get(node.output[0], [node])):
                if not wanted.isdisjoint(new.output):
                    kept.append(new)
                    wanted.update(new.input)
        constants = [tensor for name, tensor in self._constants.items() if name in wanted]
        # What is said there of shapes was said of the graph as it was given.
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(reversed(kept))
        graph.initializer.extend(constants)


def other(node: NodeProto, value: str) -> str:
    """The input of a node of two inputs that is not `value`."""
    (found,) = (one for one in node.input if one != value)
    return str(found)
