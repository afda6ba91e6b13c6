"""People who were never fitted to, nor left out of anything: what the program itself says of them, with the model that is built into it."""

from measures import lines_of


def judged(agent, folder):
    """(intervals called scripted or mixed, all, sessions) of a folder of traces."""
    paths = sorted(folder.glob("*.csv*"))
    verdicts = [event["input_verdict"] for event in lines_of(agent, paths)]
    flagged = sum(verdict in ("scripted", "mixed") for verdict in verdicts)
    return flagged, len(verdicts) - verdicts.count("none"), len(paths)
