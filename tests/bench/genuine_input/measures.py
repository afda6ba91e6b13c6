"""The measures of each interval of each trace, as the program itself takes them: `activitytrack-agent replay --features`."""

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
        command = [agent, "replay", "--features", "--interval", "60", *map(str, paths[first : first + BATCH])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield from map(json.loads, process.stdout)
        if process.returncode:
            raise SystemExit(f"{agent} replay: exit code {process.returncode}")


def measure(agent, corpus):
    index = {entry.name: i for i, entry in enumerate(corpus.entries)}
    paths = [corpus.folder / f"{entry.name}.csv" for entry in corpus.entries]
    rows, names = [], None
    for event in lines_of(agent, paths):
        if event["input_verdict"] == "none":
            continue
        features = event["features"]
        names = names or [name for name in features if name not in NOT_LEARNED]
        minute = round((datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")) - START).total_seconds() / 60)
        values = [np.nan if features[name] is None else features[name] for name in names]
        rows.append((values, features[GATE], index[event["machine_id"]], minute, event["input_verdict"], event["genuine_score"], event["scripted_reasons"]))
    values, evidence, entry, minute, verdict, score, reasons = zip(*rows)
    evidence = np.array([0 if e is None else e for e in evidence], np.float32)
    return Table(names, np.array(values, np.float32), evidence, np.array(entry), np.array(minute), list(verdict), np.array(score), list(reasons))
