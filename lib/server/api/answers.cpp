#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/api/verdicts.hpp"
#include "server/events/admission.hpp"
#include "server/events/store.hpp"
#include "server/events/verdict_answers.hpp"

#include <activitytrack/core/event.hpp>

#include <algorithm>

// What a person answers to a verdict about their input.

namespace activitytrack::server {
namespace {

constexpr std::ptrdiff_t max_answer_chars = 500;

TimeRange moment(Time time) { return {time, time + std::chrono::microseconds(1)}; }

Result<Time> asked_event(const Request& request) {
  const auto time = parse_timestamp(request.arguments.at(1));
  if (!time) return Error{ErrorCode::invalid_input, "timestamp: " + time.error().message};
  return *time;
}

/// `not_found` unless there is an event of the machine at this time, with a verdict that can be answered.
Result<void> need_verdict(Services& services, const std::string& machine_id, Time timestamp) {
  if (const auto machine = known_machine(services, machine_id); !machine) return machine.error();
  const auto events = services.reader.events(machine_id, moment(timestamp), 1);
  if (!events) return events.error();
  if (events->empty()) return Error{ErrorCode::not_found, "there is no event at this time"};
  const Verdict verdict = events->front().input_verdict;
  if (verdict == Verdict::scripted || verdict == Verdict::mixed) return {};
  return Error{ErrorCode::not_found, "the event of this time has no verdict to answer"};
}

/// Lines may end within it; other control characters may not be.
std::optional<std::string> fault_of(std::string_view text) {
  const auto is_start = [](unsigned char c) { return (c & 0xC0) != 0x80; };
  if (std::ranges::count_if(text, is_start) > max_answer_chars) return "text: must have at most 500 characters";
  std::string line(text);
  std::erase_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  if (has_control_characters(line)) return "text: must hold no control characters";
  return std::nullopt;
}

}  // namespace

Result<Response> post_answer(const Request& request, Services& services) {
  const auto timestamp = asked_event(request);
  if (!timestamp) return timestamp.error();
  Fields fields(request);
  const std::string text = fields.text_even_empty("text");
  if (fields.refused()) return *fields.refused();
  if (const auto fault = fault_of(text)) return problem(400, *fault);
  const std::string& machine_id = request.arguments.at(0);
  if (auto there = need_verdict(services, machine_id, *timestamp); !there) return there.error();

  const VerdictAnswer answer{*timestamp, services.clock.now(), asker(request).name, text};
  const auto added = audited(request, services, 200, [&](AuditEntry& entry) -> Result<void> {
    const auto erased = is_being_erased(services.database, machine_id);
    if (!erased) return erased.error();
    if (*erased) return Error{ErrorCode::not_found, "there is no event at this time"};
    entry.details = AuditDetails().add("event", format_timestamp(*timestamp)).add("withdrawn", text.empty()).text();
    return add_verdict_answer(services.database, machine_id, answer);
  });
  if (!added) return added.error();
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("answer");
  write_answer(json, text.empty() ? nullptr : &answer);
  json.end_object();
  return response;
}

Result<Response> get_answers(const Request& request, Services& services) {
  const auto timestamp = asked_event(request);
  if (!timestamp) return timestamp.error();
  const std::string& machine_id = request.arguments.at(0);
  if (const auto machine = known_machine(services, machine_id); !machine) return machine.error();
  const auto versions = verdict_answer_versions(services.database, machine_id, moment(*timestamp));
  if (!versions) return versions.error();
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("answers").array(*versions, [&](const VerdictAnswer& each) { write_answer(json, &each); });
  json.end_object();
  return response;
}

}  // namespace activitytrack::server
