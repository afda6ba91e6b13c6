#include "core/json_writer.hpp"
#include "server/api/answers.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/problem.hpp"

#include <activitytrack/core/event_json.hpp>

#include <algorithm>

namespace activitytrack::server {

namespace {

constexpr int queue_retry_sec = 5;

Response to_response(const BatchAnswer& answer) {
  Response response;
  response.body = encode_answer(answer);
  return response;
}

Response refusal(const Error& error) {
  if (error.code == ErrorCode::permission) return problem(401, "this credential is not good any more");
  return store_problem(error);
}

}  // namespace

void post_events(const Request& request, Services& services, Answer answer) {
  const auto body = json_body(request, services.max_body_bytes);
  if (const auto* refused = std::get_if<Response>(&body)) return answer(*refused);
  auto batch = decode_batch(std::get<std::string>(body));
  if (!batch) return answer(problem(400, batch.error().message));

  services.stats.events.note(*batch, services.clock.now());
  BatchAnswer result;
  result.rejected = std::move(batch->rejected);
  const Principal& who = request.principal;
  const auto foreign = [&](const Event& event) { return !who.may_send(event.machine_id); };
  if (std::ranges::any_of(batch->events, foreign)) {
    return answer(problem(403, "this credential is good for the events of its own machine alone"));
  }
  if (batch->events.empty()) return answer(to_response(result));

  auto stored = [answer, result = std::move(result)](Result<Counts> counts) mutable {
    if (!counts) return answer(refusal(counts.error()));
    result.accepted = counts->accepted;
    result.duplicates = counts->duplicates;
    answer(to_response(result));
  };
  std::optional<Ingest::Sender> sender;
  if (who.kind == Principal::Kind::machine) sender = {who.id, who.version};
  if (!services.ingest.submit({std::move(batch->events), std::move(batch->agent), sender, std::move(stored)})) {
    answer(come_back_later(queue_retry_sec, "more events are waiting than the server can store now"));
  }
}

namespace {

constexpr std::size_t default_limit = 1000;
constexpr std::size_t max_limit = 10'000;

struct Page {
  TimeRange range;
  std::size_t limit;
};

Result<Page> read_page(const Target& target) {
  const auto range = range_parameters(target);
  if (!range) return range.error();
  const auto limit = count_parameter(target, "limit", default_limit, max_limit);
  if (!limit) return limit.error();
  const auto cursor = cursor_parameter(target, "cursor");
  if (!cursor) return cursor.error();

  Page page{*range, *limit};
  if (*cursor) page.range.start = std::max(page.range.start, **cursor + std::chrono::microseconds(1));
  return page;
}

Response to_response(std::span<const Event> events, bool more) {
  Response response;
  std::string& out = response.body;
  out = R"({"events":[)";
  for (const Event& event : events) {
    if (out.back() != '[') out += ',';
    append_event_json(out, event);
  }
  out += R"(],"next_cursor":)";
  more ? out += '"' + make_cursor(events.back().timestamp) + '"' : out += "null";
  out += '}';
  return response;
}

}  // namespace

Response get_events(const Request& request, Services& services) {
  const auto page = read_page(request.target);
  if (!page) return problem(400, page.error().message);
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = services.reader.machine(machine_id);
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  // One more than asked for tells whether there is a next page.
  const auto events = services.reader.events(machine_id, page->range, page->limit + 1);
  if (!events) return logged_store_problem(events.error(), services.log);
  const bool more = events->size() > page->limit;
  return to_response(std::span(*events).first(std::min(events->size(), page->limit)), more);
}

}  // namespace activitytrack::server
