#include "core/event_batch.hpp"
#include "server/accounts/access.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/api/metrics.hpp"
#include "server/api/parameters.hpp"
#include "server/events/ingest.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr int ingest_retry_sec = 5;
constexpr std::size_t default_events = 1000, max_events = 10'000;

Response batch_response(const BatchAnswer& answer) { return {.body = encode_answer(answer)}; }

/// Ingest logs its own failures; what it finds wrong with a batch that was checked here is one of them.
Response ingest_refusal(const Error& error) {
  if (error.code == ErrorCode::unauthorized) return problem(401, "this credential is not good any more");
  return failure_answer(error);
}

struct EventPage {
  TimeRange range;
  std::size_t limit;
};

Result<EventPage> read_event_page(const Target& target) {
  const auto range = range_parameters(target);
  if (!range) return range.error();
  const auto limit = count_parameter(target, "limit", default_events, max_events);
  if (!limit) return limit.error();
  const auto cursor = cursor_parameter(target, "cursor");
  if (!cursor) return cursor.error();

  EventPage page{*range, *limit};
  if (*cursor) page.range.start = std::max(page.range.start, **cursor + std::chrono::microseconds(1));
  return page;
}

}  // namespace

void post_events(const Request& request, Services& services, Answer answer) {
  const auto body = json_body(request, services.max_body_bytes);
  if (!body) return answer(body.error());
  auto batch = decode_batch(*body);
  if (!batch) return answer(problem(400, batch.error().message));

  services.stats.events.note(*batch, services.clock.now());
  BatchAnswer result;
  result.rejected = std::move(batch->rejected);
  const Principal& who = asker(request);
  const auto foreign = [&](const Event& event) { return !who.may_send(event.machine_id); };
  if (std::ranges::any_of(batch->events, foreign)) {
    return answer(problem(403, "this credential is good for the events of its own machine alone"));
  }
  if (batch->events.empty()) return answer(batch_response(result));

  auto stored = [answer, result = std::move(result)](Result<Counts> counts) mutable {
    if (!counts) return answer(ingest_refusal(counts.error()));
    result.accepted = counts->accepted;
    result.duplicates = counts->duplicates;
    answer(batch_response(result));
  };
  std::optional<Ingest::Sender> sender;
  if (who.kind == Principal::Kind::machine) sender = {who.id, who.version};
  if (!services.ingest.submit({std::move(batch->events), std::move(batch->agent), sender, std::move(stored)})) {
    answer(come_back_later(ingest_retry_sec, "more events are waiting than the server can store now"));
  }
}

Result<Response> get_events(const Request& request, Services& services) {
  const auto page = read_event_page(request.target);
  if (!page) return page.error();
  const std::string& machine_id = request.arguments.at(0);
  if (auto machine = known_machine(services, machine_id); !machine) return machine.error();
  const auto events = services.reader.events(machine_id, page->range, page->limit + 1);
  if (!events) return events.error();
  const auto cursor = [](const Event& last) { return make_cursor(last.timestamp); };
  return Response{.body = page_json("events", *events, page->limit, append_event_json, cursor)};
}

}  // namespace activitytrack::server
