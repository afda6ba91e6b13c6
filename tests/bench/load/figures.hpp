#pragma once

#include "courier.hpp"

namespace activitytrack::load {

/// The figures of a run, for people or as a JSON object. CPU time is this process's own.
std::string figures_text(std::string_view mode, const Figures& figures);
std::string figures_json(std::string_view mode, const Figures& figures);

}  // namespace activitytrack::load
