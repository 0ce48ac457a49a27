"""The stand-in as a process: what it remembers, how it starts and stops."""

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import urllib3

from deploy.paths import ROOT
from localstack.line_standin.server import bind
from tests.unit.line_standin.standin_client import (
    CHANNEL,
    HELLO,
    TOKEN,
    USER,
    Client,
    running,
    verified,
)


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    state, key = tmp_path / "state.sqlite3", str(uuid.uuid4())
    with running(state) as line:
        first = line.push(HELLO, key=key)
        token = line.id_token(name="旅人")
        line.post("/standin/liff", {"endpoint": "http://localhost:1/liff"})
        line.post("/standin/faults", {"push": [None, 500]})
    with running(state) as line:
        again = line.push(HELLO, key=key)
        assert again.status == 409
        accepted = again.headers["X-Line-Accepted-Request-Id"]
        assert accepted == first.headers["X-Line-Request-Id"]
        assert line.received() == [HELLO]
        assert verified(line, token) == USER
        assert line.get("/liff", redirect=False).status == 302
        assert line.push(HELLO).status == 500
        assert line.get("/standin/users").json()["users"][0]["name"] == "旅人"


def test_a_reset_forgets_messages_keys_and_faults_but_not_who_signs(line: Client) -> None:
    key, token = str(uuid.uuid4()), line.id_token()
    line.push(HELLO, key=key)
    line.post("/standin/faults", {"push": [500]})
    line.post("/standin/reset")
    assert line.received() == []
    assert line.get("/standin/users").json()["users"] == []
    assert line.get("/standin/counts").json() == {}
    assert verified(line, token) == USER
    assert line.push(HELLO, key=key).status == 200


def test_a_user_keeps_a_name_once_given(line: Client) -> None:
    line.id_token(name="旅人")
    line.id_token()
    assert line.get("/standin/users").json()["users"][0]["name"] == "旅人"


def test_users_are_listed_newest_message_first(line: Client) -> None:
    line.id_token(user_id="U-quiet", name="Quiet")
    line.id_token(user_id="U-first", name="First")
    line.push(HELLO, to="U-first")
    line.push(HELLO, to="U-second")
    users = line.get("/standin/users").json()["users"]
    assert [user["user_id"] for user in users] == ["U-second", "U-first", "U-quiet"]
    assert [user["preview"] for user in users] == ["哈囉", "哈囉", None]


def test_an_open_chat_hears_of_a_push(line: Client) -> None:
    with urllib3.PoolManager() as http:
        stream = http.request("GET", f"{line.url}/standin/events", preload_content=False)
        events = stream.stream(1024)
        assert b"event: change" in next(events)
        line.push(HELLO)
        assert b"event: change" in next(chunk for chunk in events if b"event:" in chunk)
        stream.close()


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "localstack.line_standin", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("LINE_")},
    )


def free_port() -> int:
    with bind(0) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    process = start(
        *("--port", str(port), "--channel-id", CHANNEL, "--channel-token", TOKEN),
        *("--state-dir", str(tmp_path / "new" / "state")),
    )
    assert process.stderr
    try:
        assert process.stderr.readline() == f"LINE stand-in: http://127.0.0.1:{port}/\n"
        with urllib3.PoolManager() as http:
            health = http.request("GET", f"http://127.0.0.1:{port}/standin/health")
        assert health.json() == {"status": "ok", "channel_id": CHANNEL}
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    finally:
        process.kill()
        process.stderr.close()
        process.wait()
    assert (tmp_path / "new" / "state" / "line-standin.sqlite3").exists()


def test_the_command_says_in_one_line_that_its_port_is_taken() -> None:
    with bind(0) as listener:
        port = listener.getsockname()[1]
        process = start(*("--port", str(port), "--channel-id", CHANNEL, "--channel-token", TOKEN))
        _, told = process.communicate(timeout=30)
    assert process.returncode == 1
    assert told.splitlines() == [f"Port {port} cannot be used: Address already in use"]


def test_the_command_needs_a_channel() -> None:
    process = start("--port", "0", "--channel-id", CHANNEL)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "--channel-token is missing" in told


def test_the_pages_headers_are_strict(line: Client) -> None:
    for path in ("/", "/chat.js", "/flex.js", "/chat.css"):
        response = line.get(path)
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert json.dumps(line.get("/").data.decode()).count("http") == 0


def test_the_standin_is_there_before_line_bot_sdk_is_loaded() -> None:
    program = "import localstack.line_standin.__main__, sys; sys.exit('linebot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
