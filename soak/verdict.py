"""What is left after a soak: every order read, every promise checked, all of it in two tables."""

import json
from collections import Counter
from dataclasses import dataclass, field

import boto3
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table

from chalicelib.speech.mp3 import duration_ms
from localstack.api import call
from soak.day import Day

console = Console(highlight=False)


@dataclass
class Verdict:
    """What was found when everything was over."""

    ended: Counter[str] = field(default_factory=Counter)
    notifications: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, day: Day) -> "Verdict":
        verdict, items, audio = cls(), day.items(), _Audio(day.environment["VOICE_BUCKET"])
        pushes = _pushes(day)
        accepted = {placed.order_id for placed in day.placed}
        verdict.broken["never accepted"] = day.orders - len(day.placed)
        verdict.broken["accepted, but not stored"] = len(accepted - items.keys())
        for order_id, item in items.items():
            status, sent = item["status"]["S"], item["notification"]["S"]
            why = f": {item['trouble']['S']}" if status == "failed" else ""
            verdict.ended[status + why] += 1
            verdict.notifications[sent] += 1
            received = pushes[order_id]
            verdict.broken["not ended"] += status not in ("completed", "failed")
            verdict.broken["pushed twice"] += received > 1
            verdict.broken["sent, but not received"] += sent == "sent" and received != 1
            verdict.broken["a guest was pushed to"] += sent == "skipped" and received > 0
            if status == "completed":
                says = int(item["voice_duration_ms"]["N"])
                is_true = audio.duration(item["voice_key"]["S"]) == says
                verdict.broken["completed without its audio"] += not is_true
        return verdict


class _Audio:
    """What lies in the bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._known: dict[str, int] = {}

    def duration(self, key: str) -> int:
        """Milliseconds; 0 if there is none, or it does not play."""
        if key not in self._known:
            try:
                answer = boto3.client("s3").get_object(Bucket=self._bucket, Key=key)
                self._known[key] = duration_ms(answer["Body"].read())
            except (ClientError, ValueError):
                self._known[key] = 0
        return self._known[key]


def _pushes(day: Day) -> Counter[str]:
    """How many pushes each order's traveller has received."""
    found: Counter[str] = Counter()
    for user_id in {placed.user_id for placed in day.placed if placed.user_id}:
        url = f"{day.environment['LINE_URL']}/standin/messages?user_id={user_id}"
        entries = call("GET", url)["messages"]
        for push in {entry["push"] for entry in entries}:
            text = json.dumps([entry["message"] for entry in entries if entry["push"] == push])
            found.update(p.order_id for p in day.placed if p.order_id in text)
    return found


def report(day: Day, verdict: Verdict) -> bool:
    """Print what happened; whether every promise was kept."""
    done = Table("what was done", "how often", title="The day")
    for name, count in sorted(day.did.items()):
        done.add_row(name, str(count))
    for service, requests in sorted(day.trouble.requests.items()):
        done.add_row(
            f"faults of {requests} requests to {service}", str(day.trouble.faults[service])
        )
    counts = call("GET", f"{day.environment['LINE_URL']}/standin/counts")
    for name in ("push_requests", "push_faults", "push_accepted", "push_conflicts"):
        done.add_row(f"LINE: {name}", str(counts.get(name, 0)))
    console.print(done)
    waits = sorted(placed.ended_after for placed in day.placed if placed.ended_after)
    result = Table("orders", "", title="How it ended")
    result.add_row("accepted", str(len(day.placed)))
    for status, count in sorted(verdict.ended.items()):
        result.add_row(status, str(count))
    for kind, count in sorted(verdict.notifications.items()):
        result.add_row(f"LINE message {kind}", str(count))
    for share in (0.5, 0.95, 1.0):
        result.add_row(f"ended within, {share:.0%}", f"{waits[int(share * len(waits)) - 1]:.1f} s")
    for promise, count in verdict.broken.items():
        result.add_row(promise, f"[{'red' if count else 'green'}]{count}[/]")
    console.print(result)
    return not any(verdict.broken.values())
