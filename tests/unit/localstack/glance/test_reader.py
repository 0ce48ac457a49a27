"""One reader, however many pages are open, and it costs little."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localstack.glance.reader import NotThere, Reader


class Stack:
    """Counts how often it is looked at; a look takes `seconds` of the reader's clock."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.now = 0.0
        self.looks = 0
        self.seconds = seconds

    def look(self) -> dict[str, int]:
        self.looks += 1
        self.now += self.seconds
        return {"looks": self.looks}


def reader_of(stack: Stack) -> Reader:
    reader = Reader(None, clock=lambda: stack.now)
    vars(reader)["_look"] = stack.look
    return reader


def test_many_pages_are_answered_by_one_look_a_second() -> None:
    stack = Stack()
    reader = reader_of(stack)
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = {pool.submit(reader.look).result() for _ in range(40)}
    assert [json.loads(answer) for answer in answers] == [{"looks": 1}]
    stack.now += 1
    assert json.loads(reader.look()) == {"looks": 2}


def test_where_there_is_much_to_read_it_is_read_less_often() -> None:
    stack = Stack(seconds=0.5)
    reader = reader_of(stack)
    while stack.now < 100:
        reader.look()
        stack.now += 0.1
    assert stack.looks * stack.seconds <= 100 * 0.11


def test_what_a_long_first_look_has_missed_is_soon_shown() -> None:
    stack = Stack(seconds=20)
    reader = reader_of(stack)
    reader.look()
    stack.now += 10
    assert json.loads(reader.look()) == {"looks": 2}


def test_before_the_stack_is_there_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="on its way"):
        Reader(tmp_path).look()
    with pytest.raises(NotThere, match="make run"):
        Reader(None).look()
