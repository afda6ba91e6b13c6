#include "server/http/dispatcher.hpp"

#include "net/compress.hpp"
#include "server/http/response_format.hpp"

namespace activitytrack::server {
namespace {

/// Bodies beyond this, unpacked, take longer to unpack and decode than other connections should wait.
constexpr std::size_t long_unpacked_bytes = 64 * 1024;
constexpr std::size_t long_packed_bytes = 4 * 1024;

constexpr int retry_after_sec = 10;
constexpr std::chrono::seconds own_retry{2};

constexpr std::string_view handler_failed = "handler failed";

bool is_long(const Request& request) {
  const auto coding = parse_content_coding(request.content_encoding);
  if (!coding) return false;  // it will not be unpacked
  return (*coding != ContentCoding::identity && request.body.size() >= long_packed_bytes) ||
         most_unpacked(request.body, *coding) >= long_unpacked_bytes;
}

}  // namespace

template <class Step>
auto Dispatcher::guarded(std::string_view what, const Request& request, Step step) noexcept -> decltype(step()) {
  try {
    return step();
  } catch (const std::exception& e) {
    log_.error(what,
               {{"route", request.route->pattern}, {"error", e.what()}, {"request", std::string_view(request.id)}});
  }
  return problem(500, "the server failed to answer; its log says more");
}

std::optional<Response> Dispatcher::refuse(Request& request) noexcept {
  return guarded("gate failed", request, [&] { return access_.refuse(*request.route, request); });
}

void Dispatcher::dispatch(const Request& request, Answer answer) {
  const bool is_deferred = std::holds_alternative<DeferredHandler>(request.route->handler);
  if (is_deferred && !is_long(request)) return run(request, answer);
  auto work = [this, &request, answer](FairPool::Turn turn) {
    turn == FairPool::Turn::now ? run(request, answer) : answer(too_late());
  };
  const Lane lane = is_deferred ? Lane::checks : request.route->lane;
  if (auto refused = begin_on_lane(lane, request.asker, std::move(work))) answer(std::move(*refused));
}

void Dispatcher::run(const Request& request, const Answer& answer) noexcept {
  auto failed = guarded(handler_failed, request, [&]() -> std::optional<Response> {
    if (const auto* deferred = std::get_if<DeferredHandler>(&request.route->handler)) {
      (*deferred)(request, answer);
      return std::nullopt;
    }
    Response made = std::get<Handler>(request.route->handler)(request);
    const int status = made.status;
    choose_representation(request, made);
    access_.answered(request, status, std::move(made), answer);
    return std::nullopt;
  });
  if (failed) answer(std::move(*failed));
}

std::function<void()> Dispatcher::begin_waiting(const Request& request, const Answer& answer) noexcept {
  std::function<void()> give_up;
  auto failed = guarded(handler_failed, request, [&]() -> std::optional<Response> {
    give_up = std::get<WaitingHandler>(request.route->handler)(request, answer);
    return std::nullopt;
  });
  if (failed) answer(std::move(*failed));
  return give_up;
}

std::optional<Response> Dispatcher::begin(const Request& request, std::unique_ptr<BodySink>& sink) noexcept {
  return guarded(handler_failed, request, [&]() -> std::optional<Response> {
    auto begun = std::get<StreamHandler>(request.route->handler)(request);
    if (auto* answer = std::get_if<Response>(&begun)) return std::move(*answer);
    sink = std::get<std::unique_ptr<BodySink>>(std::move(begun));
    return std::nullopt;
  });
}

std::optional<Response> Dispatcher::write(const Request& request, BodySink& sink, std::string_view piece) noexcept {
  return guarded(handler_failed, request, [&] { return sink.write(piece); });
}

Response Dispatcher::finish(const Request& request, BodySink& sink) noexcept {
  return guarded(handler_failed, request, [&] { return sink.finish(); });
}

std::optional<std::string> Dispatcher::pull(const BodySource& source) noexcept {
  try {
    return source();
  } catch (const std::exception& e) {
    log_.error("answer cut short", {{"error", e.what()}});
  }
  return std::nullopt;
}

std::optional<Response> Dispatcher::begin_on_lane(Lane lane, std::string_view asker, FairPool::Work work) {
  const auto taken = pool(lane).begin(asker, std::move(work));
  if (taken == FairPool::Taken::yes) return std::nullopt;
  HttpStats::add(stats_.turns_refused);
  if (taken == FairPool::Taken::all_have_many)
    return come_back_later(retry_after_sec, "too many such requests wait for their turn");
  const RateLimit limit{.policy = "waiting",
                        .quota = pool(lane).size().most_waiting_each,
                        .reset = own_retry,
                        .unit = "concurrent-requests"};
  return over_limit(limit, "too many of your requests wait for their turn; send fewer at a time");
}

Response Dispatcher::too_late() {
  HttpStats::add(stats_.turns_refused);
  return come_back_later(retry_after_sec, "the server has more to do than it can answer in time");
}

void Dispatcher::give_up(FairPool::Clock::time_point since) {
  for (FairPool* pool : workers_) pool->give_up(since);
}

}  // namespace activitytrack::server
