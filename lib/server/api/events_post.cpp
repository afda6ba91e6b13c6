#include "server/api/content.hpp"
#include "server/api/handlers.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

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
  if (error.code == ErrorCode::unauthorized) return problem(401, "this credential is not good any more");
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
  const Principal& who = asker(request);
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

}  // namespace activitytrack::server
