"""Writes the model as the program evaluates it: lib/input/behaviour_model_parameters.hpp, in the form of behaviour_model.hpp."""

import numpy as np

import learning
import limits

HEAD = """\
#pragma once

#include "input/behaviour_model.hpp"

#include <array>

// Written by tests/bench/genuine_input/train.py; not to be edited.
{provenance}
namespace activitytrack {{

// clang-format off
inline constexpr std::array<std::string_view, {features}> behaviour_model_features{{
{names}
}};
inline constexpr std::array<UsualRange, {features}> behaviour_model_usual{{{{
{usual}
}}}};
inline constexpr std::array<BehaviourLimit, {limits}> behaviour_model_limits{{{{
{beyond}
}}}};
inline constexpr std::array<BehaviourTree, {trees}> behaviour_model_trees{{{{
"""
TAIL = """\
}}}};
inline constexpr std::array<CalibrationPoint, {points}> behaviour_model_calibration{{{{
{calibration}
}}}};
// clang-format on

inline constexpr BehaviourModel behaviour_model{{
    behaviour_model_features, behaviour_model_usual, behaviour_model_trees, {caution}, behaviour_model_limits, {most}, {threshold}, {least}, behaviour_model_calibration}};

}}  // namespace activitytrack
"""


def number(value):
    """A float as C++ reads it back to the same bits."""
    written = repr(float(np.float32(value))) if abs(value) < 1e-30 else np.format_float_scientific(np.float32(value), trim="-")
    plain = np.format_float_positional(np.float32(value), trim="-")
    shorter = min(written, plain, key=len)
    return shorter + ("F" if "." in shorter or "e" in shorter else "")


def listed(values):
    return "{" + ", ".join(values) + "}"


def tree_text(tree, place):
    missing = sum(1 << node for node in range(7) if tree.missing_left[node])
    features = listed(str(place[f]) for f in tree.feature)
    return f"    {{{features}, {listed(map(number, tree.threshold))}, {missing:#04x}, {listed(map(number, tree.leaf))}}},\n"


def limit_text(limit, place, names):
    measures = [str(place[at]) for at in (limit.measure, limit.present, limit.amount)]
    below = "true" if limit.below else "false"
    return f"    {listed([*measures, below, number(limit.bound), number(limit.least)])},  // {names[limit.measure]}"


def write(path, names, usual, model, threshold, calibration, provenance):
    """`names` and `usual` ranges of all measures; only those that a tree or a limit asks for are written."""
    used = {int(f) for tree in model.trees for f in tree.feature} | {f for limit in model.limits for f in (limit.measure, limit.present, limit.amount)} | set(model.amounts)
    place = {f: i for i, f in enumerate(sorted(used))}
    text = HEAD.format(
        provenance="".join(f"// {line}\n" for line in provenance),
        features=len(used),
        trees=len(model.trees),
        limits=len(model.limits),
        beyond="\n".join(limit_text(limit, place, names) for limit in model.limits),
        usual="\n".join(f"    {listed(map(number, usual[f]))}," for f in sorted(used)),
        names="\n".join(f'    "{names[f]}",' for f in sorted(used)),
    )
    text += "".join(tree_text(tree, place) for tree in model.trees)
    text += TAIL.format(
        points=len(calibration),
        calibration="\n".join(f"    {{{number(raw)}, {number(share)}}}," for raw, share in calibration),
        caution=listed([*(str(place[at]) for at in model.amounts), number(learning.KEY_CAUTION)]),
        most=number(limits.BEYOND),
        threshold=number(threshold),
        least=number(learning.LEAST_EVIDENCE),
    )
    path.write_text(text)
