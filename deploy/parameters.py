"""The template's parameters as an operator's file names them, checked before anybody is asked."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from chalicelib.settings import Settings, SettingsError
from chalicelib.speech.engines import require_known
from deploy.json_reader import Reader
from deploy.paths import ROOT
from deploy.target import DeployError


def read(stage: str, folder: Path = ROOT / ".chalice") -> dict[str, str]:
    """The parameters of `stage` that are in its file; without a file there are none.

    Raises `DeployError` with a line for each mistake.
    """
    file = folder / f"parameters-{stage}.json"
    if not file.exists():
        return {}
    name = str(file.relative_to(folder.parent))
    reader = Reader(_text(file, name))
    try:
        document = reader.whole()
    except json.JSONDecodeError as error:
        raise DeployError(f"{name}, {reader.spot(error.pos)}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise DeployError(f"{name}, {reader.spot(reader.at)}: {error}") from error
    if not isinstance(document, dict):
        at = reader.spot(reader.places[()])
        raise DeployError(f'{name}, {at}: must be an object: {{"SpeechEngines": "gtts,polly"}}')
    mistakes = [
        *reader.mistakes,
        *((reader.places[key,], said) for key, said in _mistakes(stage, document)),
    ]
    if mistakes:
        lines = [f"{name}, {reader.spot(at)}: {said}" for at, said in sorted(mistakes)]
        raise DeployError("\n".join(lines))
    told = {key: _value(value) for key, value in document.items()}
    require_settings(told, name)
    return told


def _text(file: Path, name: str) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise DeployError(f"{name}: {error.strerror}") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
        raise DeployError(f"{name}, line {line}, column {column}: is not in UTF-8") from error


def _mistakes(stage: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = _template()["Parameters"]
    for key, value in document.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"is it {near[0]}?" if near else "docs/operations.md lists them"
            yield key, f"there is no parameter {key}; {hint}"
        elif isinstance(value, dict | list | None):
            yield key, f"{key} must be a text or a number"
        elif key == "Stage" and value != stage:
            yield key, f"Stage is {value} here, but STAGE={stage}"
        elif wanted := _wanted(known[key], _value(value)):
            yield key, f"{key} must be {wanted}"


def _wanted(rule: Mapping[str, Any], value: str) -> str:
    """What the template's rule for a parameter wants where `value` is something else; else ""."""
    if not re.fullmatch(rule.get("AllowedPattern", ".*"), value, re.DOTALL):
        return str(rule["ConstraintDescription"])
    allowed = [str(one) for one in rule.get("AllowedValues", [value])]
    if value not in allowed:
        return f"one of {', '.join(allowed)}"
    return _wanted_number(rule, value) if rule["Type"] == "Number" else ""


def _wanted_number(rule: Mapping[str, Any], value: str) -> str:
    """As `_wanted`, of a parameter that counts: no part of a thing, and nothing is no number."""
    least, most = int(rule.get("MinValue", 0)), rule.get("MaxValue")
    if re.fullmatch("[0-9]{1,9}", value) and least <= int(value) <= (most or int(value)):
        return ""
    return f"a whole number from {least} " + (f"to {most}" if most else "on")


def _value(value: str | float | bool) -> str:
    """As CloudFormation takes it; what is no text, as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def require_settings(told: Mapping[str, str], name: str) -> None:
    """Raise `DeployError` where the functions would refuse what these parameters, of the file
    `name`, set: by the functions' own rules, before two minutes of deploying show it."""
    template = _template()
    defaults = {
        key: str(told["Default"])
        for key, told in template["Parameters"].items()
        if "Default" in told
    }
    values = {**defaults, **told}
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    sets = {variable: value.get("Ref", "") for variable, value in variables.items()}
    # What is no parameter is CloudFormation's to fill in, and always there.
    environment = {variable: values.get(key, "-") for variable, key in sets.items()}
    try:
        require_known(Settings.from_environment(environment).speech_engines)
    except SettingsError as error:
        said = re.sub(r"[A-Z]+(?:_[A-Z]+)+", lambda found: sets.get(found[0], found[0]), str(error))
        raise DeployError(f"{name}: {said}") from error


@cache
def _template() -> dict[str, Any]:
    text = (ROOT / ".chalice" / "resources.yaml").read_text("utf-8")
    loaded: dict[str, Any] = YAMLTemplateSerializer().load_template(text)
    return loaded
