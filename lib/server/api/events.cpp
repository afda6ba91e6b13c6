#include "core/event_batch.hpp"
#include "report/period.hpp"
#include "server/accounts/access.hpp"
#include "server/api/event_steps.hpp"
#include "server/api/handlers.hpp"
#include "server/api/monitoring.hpp"
#include "server/api/parameters.hpp"
#include "server/api/rejections.hpp"
#include "server/configuration/feed.hpp"
#include "server/events/hours.hpp"
#include "server/events/ingest.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr int ingest_retry_sec = 5;
constexpr std::size_t default_events = 1000, max_events = 10'000;

/// 429 if the machine may send no more today.
std::optional<Response> refuse_over_quota(std::string_view machine_id, Ingest& ingest) {
  const auto wait = ingest.over_quota(machine_id);
  if (!wait) return std::nullopt;
  const RateLimit limit{.policy = "events-a-day",
                        .quota = static_cast<std::uint64_t>(ingest.daily_events()),
                        .window = std::chrono::hours(24),
                        .reset = *wait,
                        .unit = "events"};
  return over_limit(limit, "the machine has sent as many events as it may in a day (max_events_per_machine_day)");
}

/// The same of all machines that the events name.
std::optional<Response> refuse_over_quota(std::span<const Event> events, Ingest& ingest) {
  std::string_view asked;
  for (const Event& event : events) {
    if (event.machine_id == asked) continue;
    if (auto refused = refuse_over_quota(asked = event.machine_id, ingest)) return refused;
  }
  return std::nullopt;
}

/// Ingest logs its own failures; what it finds wrong with a batch that was checked here is one of them.
Response ingest_refusal(const Error& error) {
  if (error.code == ErrorCode::unauthorized) return problem(401, "this credential is not good any more");
  return failure_answer(error);
}

template <class Report, class Encode>
Result<Response> report_response(const Result<Report>& report, const Encode& encode) {
  if (report) return Response{.body = encode(*report)};
  const Error& error = report.error();
  return error.code == ErrorCode::not_found ? Error{ErrorCode::invalid_input, "tz: " + error.message} : error;
}

/// `encode` writes a DayReport or a PeriodReport.
template <class Encode>
Result<Response> activity_response(const Request& request, Parameters parameters, Services& services, Encode encode) {
  const AskedDays asked = parameters.days();
  if (parameters.wrong()) return *parameters.wrong();
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  if (asked.from) {
    return report_response(read_period(services.reader, *machine, {*asked.from, *asked.to, asked.zone}), encode);
  }
  const Date date = asked.date.value_or(today(machine->timezone, asked.zone, services.clock.now()));
  return report_response(read_day(services.reader, *machine, date, asked.zone, services.clock.now()), encode);
}

/// What an agent says of itself without events is of the machine that it names.
bool speaks_for_another(const DecodedBatch& batch, const Principal& who) {
  return batch.events.empty() && batch.agent && !batch.agent->machine_id.empty() &&
         !who.may_send(batch.agent->machine_id);
}

/// The machine whose agent sends, as far as one is known: that of the credential, or that it says it is, or the one
/// that all events are of; "" if there is none.
std::string sender_of(const DecodedBatch& batch, const Principal& who) {
  if (who.kind == Principal::Kind::machine) return who.name;
  if (batch.agent && !batch.agent->machine_id.empty()) return batch.agent->machine_id;
  if (batch.events.empty()) return "";
  const std::string& first = batch.events.front().machine_id;
  const bool is_one = std::ranges::all_of(batch.events, [&](const Event& event) { return event.machine_id == first; });
  return is_one ? first : "";
}

/// Notes what the agent says of its configuration, and returns the version that is wanted of it.
std::optional<std::int64_t> follow_configuration(const DecodedBatch& batch, const Principal& who, Services& services,
                                                 Time now) {
  const std::string machine_id = sender_of(batch, who);
  if (machine_id.empty()) return std::nullopt;
  MachineConfigurationState state;
  if (batch.agent && batch.agent->configuration) {
    const AgentConfiguration& said = *batch.agent->configuration;
    services.machine_states.note_with_events(machine_id, said, now);
    state.applied_version = said.version;
    state.error_version = said.error_version;
  }
  const auto layers = services.configuration.layers();
  return layers ? std::optional(layers->wanted_version(machine_id, state)) : std::nullopt;
}

}  // namespace

void post_events(const Request& request, Services& services, Answer answer) {
  if (request.body.empty() && !request.content_length) return answer(problem(411, "Content-Length is missing"));
  const Principal& who = asker(request);
  const bool is_machine = who.kind == Principal::Kind::machine;
  if (is_machine) {
    if (auto refused = refuse_over_quota(who.name, services.ingest)) return answer(std::move(*refused));
  }
  const auto body = json_body(request, services.max_body_bytes);
  if (!body) return answer(body.error());
  auto batch = decode_batch(*body);
  if (!batch) return answer(problem(400, batch.error().message));

  const Time now = services.clock.now();
  services.stats.events.note(*batch, now);
  const auto foreign = [&](const Event& event) { return !who.may_send(event.machine_id); };
  if (std::ranges::any_of(batch->events, foreign) || speaks_for_another(*batch, who)) {
    return answer(problem(403, "this credential is good only for the events of its own machine"));
  }
  if (!is_machine) {
    if (auto refused = refuse_over_quota(batch->events, services.ingest)) return answer(std::move(*refused));
  }

  const auto wanted = follow_configuration(*batch, who, services, now);
  // Also without events: where they are stored it is asked whether their sender is still good.
  Submission given{.events = std::move(batch->events), .agent = std::move(batch->agent)};
  if (is_machine) given.sender = {who.id, who.version};
  given.rejected = rejections_of(*batch, is_machine ? who.name : "");
  services.stats.rejections.note(given.rejected, now, services.log);
  BatchAnswer result{.rejected = std::move(batch->rejected), .configuration_version = wanted};
  given.done = [answer, result = std::move(result),
                adjusted = std::move(batch->adjusted)](Result<Counts> counts) mutable {
    if (!counts) return answer(ingest_refusal(counts.error()));
    result.accepted = counts->accepted;
    result.duplicates = counts->duplicates;
    answer({.body = encode_answer(result, adjusted)});
  };
  if (!services.ingest.submit(std::move(given))) {
    answer(come_back_later(ingest_retry_sec,
                           "more events are waiting, of all machines or of this one, than the server can store now"));
  }
}

Result<Response> get_events(const Request& request, Services& services) {
  Parameters parameters(request.target);
  TimeRange range = parameters.range();
  const auto limit = parameters.count("limit", default_events, max_events);
  if (const auto last = parameters.cursor()) range.start = std::max(range.start, *last + std::chrono::microseconds(1));
  if (parameters.wrong()) return *parameters.wrong();
  const std::string& machine_id = request.arguments.at(0);
  if (auto machine = known_machine(services, machine_id); !machine) return machine.error();
  Page page("events", limit);
  EventSteps steps(services.reader, machine_id, range);
  std::string cursor;
  while (true) {
    const auto events = steps.next(page.room() + 1);
    if (!events) return events.error();
    if (events->empty()) return page.end("");
    const auto bytes_before = page.bytes();
    for (const Event& event : *events) {
      if (page.is_full()) return page.end(cursor);
      append_event_json(page.row(), event);
      cursor = make_cursor(event.timestamp);
    }
    steps.made(page.bytes() - bytes_before);
  }
}

Result<Response> get_summary(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const std::string* given = parameters.find("apps");
  if (given && *given != "all") parameters.refuse("apps", "must be all, or not given");
  return activity_response(request, parameters, services,
                           [given](const auto& report) { return encode_summary(report, given != nullptr); });
}

Result<Response> get_timeline(const Request& request, Services& services) {
  return activity_response(request, Parameters(request.target), services,
                           [](const auto& report) { return encode_timeline(report); });
}

}  // namespace activitytrack::server
