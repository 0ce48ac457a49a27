"""In which order the files of tests are run."""

LATE_AND_LONG = (
    "tests/unit/test_slow_servers.py",
    "tests/unit/test_makefile.py",
    "tests/unit/test_wheels.py",
    "tests/unit/speech/test_gtts_engine.py",
    "tests/unit/speech/test_kokoro_engine.py",
    "tests/unit/reliability/test_machine.py",
    "tests/unit/reliability/test_crashes.py",
)
"""They would be the last ones by their names, and a worker that has got one of them late works on
alone. So they come first; what waits does so while the other worker starts a stack."""


def comes_late(node_id: str) -> bool:
    """Whether a test is run after those of `LATE_AND_LONG`."""
    return node_id.partition("::")[0] not in LATE_AND_LONG
