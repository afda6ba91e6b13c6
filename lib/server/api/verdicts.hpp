#pragma once

#include "core/json_writer.hpp"
#include "report/minutes.hpp"
#include "server/events/verdict_answers.hpp"

#include <optional>
#include <span>

namespace activitytrack::server {

/// {"text":...,"at":...,"by":...}, or null.
void write_answer(JsonWriter& json, const VerdictAnswer* answer);

/// A stretch of input that looks scripted, with what was last answered to any event of it. `date`: its day, where that
/// is to be said.
void write_stretch(JsonWriter& json, const MinuteColumns::Scripted& stretch, std::span<const VerdictAnswer> answers,
                   std::optional<Date> date = std::nullopt);

}  // namespace activitytrack::server
