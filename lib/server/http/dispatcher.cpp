#include "server/http/dispatcher.hpp"

#include "net/compress.hpp"
#include "server/http/response_format.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {
namespace {

/// Bodies beyond this, unpacked, take longer to unpack and decode than other connections should wait.
constexpr std::size_t long_unpacked_bytes = 64 * 1024;
constexpr std::size_t long_packed_bytes = 4 * 1024;

/// A request that waits in a lane holds a connection, of which there are not so many, and sees no time limit.
/// Handshakes cost from 0.5 ms (P-256) to 5 ms (RSA of 4096 bits): what waits is done within the time that clients have
/// for one.
constexpr std::array<std::size_t, lane_count> max_waiting{1024, 64, 64, 1024, 4096};
constexpr int retry_after_sec = 10;

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
  auto work = [this, &request, answer] { run(request, answer); };
  if (is_deferred) return on_lane(Lane::checks, std::move(work));
  if (auto refused = begin_on_lane(request.route->lane, std::move(work))) answer(std::move(*refused));
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

void Dispatcher::on_lane(Lane lane, std::function<void()> work) {
  boost::asio::post(*workers_[static_cast<std::size_t>(lane)], std::move(work));
}

std::optional<Response> Dispatcher::begin_on_lane(Lane lane, std::function<void()> work) {
  const auto index = static_cast<std::size_t>(lane);
  auto& waiting = waiting_[index];
  if (waiting >= max_waiting[index])  // only the network's thread adds to it
    return come_back_later(retry_after_sec, "too many such requests wait for their turn");
  ++waiting;
  on_lane(lane, [&waiting, work = std::move(work)] {
    --waiting;
    work();
  });
  return std::nullopt;
}

}  // namespace activitytrack::server
