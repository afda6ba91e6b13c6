"""What the benchmarks print: figures beside their targets, and what runs of one kind come to."""

import os
import statistics


class Table:
    def __init__(self):
        self.rows = []

    def add(self, figure, target, measured, note=""):
        self.rows.append((figure, target, measured, note))
        print(f"{figure:<44} {measured:>22}   {target:<30} {note}", flush=True)


def spread(values):
    return f"[{min(values):,.0f} .. {max(values):,.0f}]"


class Series:
    """Runs of one kind, a round each."""

    def __init__(self, rate):
        self.rate, self.runs = rate, []

    def add(self, figures):
        self.runs.append(figures)

    def rates(self):
        return [run[self.rate] for run in self.runs]

    def median(self):
        return statistics.median(self.rates())

    def note(self):
        """Processor time for each event, and what share of the machine went to strangers."""
        events = sum(run.get("accepted", 0) or run.get("rows", 0) for run in self.runs)
        own = sum(run.get("server_cpu_sec", run["cpu_sec"]) for run in self.runs)
        load = sum(run["cpu_sec"] for run in self.runs if "server_cpu_sec" in run)
        text = f"{spread(self.rates())} {1e6 * own / events:.2f} us CPU"
        if load:
            others = sum(run["all_cpu_sec"] for run in self.runs) - own - load
            seconds = sum(run["seconds"] for run in self.runs) * os.cpu_count()
            text += f" (load {1e6 * load / events:.2f}), others {100 * max(0, others) / seconds:.0f} % of the machine"
        return text
