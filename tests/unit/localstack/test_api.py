"""What `make order` says when the stack, or the tunnel before it, does not answer."""

import pytest

from localstack.api import download
from localstack.processes import StackError
from tests.ports import free_port_pair


def test_a_tunnel_that_is_down_is_named_in_one_line_without_what_opens_the_audio() -> None:
    url = f"http://127.0.0.1:{free_port_pair()}/bucket/voice/a.mp3"
    with pytest.raises(StackError, match=rf"\Anothing answers at {url}: .*tunnel.*\Z"):
        download(f"{url}?X-Amz-Signature=0")
