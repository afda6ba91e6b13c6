"""The measures of each interval of each trace, as the program itself takes them: `activitytrack-agent replay --features-input-measures=yes`."""

import json
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np

START = datetime(2024, 1, 15, tzinfo=timezone.utc)
GATE = "carried_evidence"  # what the program compares with least_evidence
NOT_LEARNED = {"evidence", GATE}  # how much there is says nothing of who made it
BATCH = 40


@dataclass
class Table:
    """A row for each interval with input."""

    names: list
    values: np.ndarray  # float32, NaN where not known
    evidence: np.ndarray
    entry: np.ndarray  # index in corpus.entries
    minute: np.ndarray
    verdict: list  # the program's own, with the model that is built into it
    score: np.ndarray  # the program's own genuine_score
    reasons: list

    def of(self, name):
        return self.values[:, self.names.index(name)]


def lines_of(agent, paths):
    for first in range(0, len(paths), BATCH):
        command = [agent, "replay", "--features-input-measures=yes", "--interval", "60", *map(str, paths[first : first + BATCH])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield from map(json.loads, process.stdout)
        if process.returncode:
            raise SystemExit(f"{agent} replay: exit code {process.returncode}")


def row_of(measures, place):
    """The measures by their places; a name that was not seen before gets the next. What is not there is not known."""
    for name in measures:
        place.setdefault(name, len(place))
    row = np.full(len(place), np.nan, np.float32)
    row[[place[name] for name in measures]] = list(measures.values())
    return row


def rectangle(rows, width):
    values = np.full((len(rows), width), np.nan, np.float32)
    for row, known in zip(values, rows):
        row[: len(known)] = known
    return values


def measure(agent, corpus):
    index = {entry.name: i for i, entry in enumerate(corpus.entries)}
    paths = [corpus.folder / f"{entry.name}.csv" for entry in corpus.entries]
    rows, place = [], {}
    for event in lines_of(agent, paths):
        if event["input_verdict"] == "none":
            continue
        measures = event.get("input_measures", {})
        minute = round((datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")) - START).total_seconds() / 60)
        rows.append((row_of(measures, place), measures.get(GATE, 0), index[event["machine_id"]], minute, event["input_verdict"], event["genuine_score"], event["scripted_reasons"]))
    values, evidence, entry, minute, verdict, score, reasons = zip(*rows)
    names = sorted(place.keys() - NOT_LEARNED)
    values = rectangle(values, len(place))[:, [place[name] for name in names]]
    return Table(names, values, np.array(evidence, np.float32), np.array(entry), np.array(minute), list(verdict), np.array(score), list(reasons))
