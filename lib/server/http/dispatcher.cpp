#include "server/http/dispatcher.hpp"

#include "net/compress.hpp"
#include "server/http/problem.hpp"
#include "server/http/representation.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {
namespace {

/// Bodies beyond this, unpacked, take longer to unpack and decode than other connections should wait.
constexpr std::size_t long_body_bytes = 64 * 1024;
constexpr std::size_t long_packed_body_bytes = 4 * 1024;

/// Who waits in a lane holds a connection, of which there are not so many, and sees no time limit.
constexpr std::array<std::size_t, lane_count> max_waiting{1024, 64, 64};
constexpr int retry_after_sec = 10;

bool is_long(const Request& request) {
  const auto coding = parse_content_coding(request.content_encoding);
  if (!coding) return false;  // it will not be unpacked
  return (*coding != ContentCoding::identity && request.body.size() >= long_packed_body_bytes) ||
         most_unpacked(request.body, *coding) >= long_body_bytes;
}

Response failed() { return problem(500, "the server failed to answer; its log says more"); }

}  // namespace

std::optional<Response> Dispatcher::refuse(const Route& route, Request& request) noexcept {
  try {
    return access_.refuse(route, request);
  } catch (const std::exception& e) {
    log_.error("gate failed", {{"route", route.pattern}, {"error", e.what()}});
  }
  return failed();
}

void Dispatcher::dispatch(const Route& route, const Request& request, Answer answer) {
  const bool is_deferred = std::holds_alternative<DeferredHandler>(route.handler);
  if (is_deferred && !is_long(request)) return run(route, request, answer);
  auto work = [this, &route, &request, answer] { run(route, request, answer); };
  if (is_deferred) return on_worker(std::move(work));
  if (auto refused = begin_on_lane(route.lane, std::move(work))) answer(std::move(*refused));
}

void Dispatcher::run(const Route& route, const Request& request, const Answer& answer) noexcept {
  try {
    if (const auto* deferred = std::get_if<DeferredHandler>(&route.handler)) {
      return (*deferred)(request, answer);
    }
    Response response = std::get<Handler>(route.handler)(request);
    access_.answered(request, response.status);
    choose_representation(request, response);
    return answer(std::move(response));
  } catch (const std::exception& e) {
    log_.error("handler failed", {{"route", route.pattern}, {"error", e.what()}});
  }
  answer(failed());
}

template <class Step>
auto Dispatcher::guarded(const Route& route, Step step) noexcept -> decltype(step()) {
  try {
    return step();
  } catch (const std::exception& e) {
    log_.error("handler failed", {{"route", route.pattern}, {"error", e.what()}});
  }
  return failed();
}

std::optional<Response> Dispatcher::begin(const Route& route, const Request& request,
                                          std::unique_ptr<BodySink>& sink) noexcept {
  return guarded(route, [&]() -> std::optional<Response> {
    auto begun = std::get<StreamHandler>(route.handler)(request);
    if (auto* answer = std::get_if<Response>(&begun)) {
      access_.answered(request, answer->status);
      return std::move(*answer);
    }
    sink = std::get<std::unique_ptr<BodySink>>(std::move(begun));
    return std::nullopt;
  });
}

std::optional<Response> Dispatcher::write(const Route& route, BodySink& sink, std::string_view piece) noexcept {
  return guarded(route, [&] { return sink.write(piece); });
}

Response Dispatcher::finish(const Route& route, const Request& request, BodySink& sink) noexcept {
  return guarded(route, [&] {
    Response response = sink.finish();
    access_.answered(request, response.status);
    return response;
  });
}

std::optional<std::string> Dispatcher::pull(const BodySource& source) noexcept {
  try {
    return source();
  } catch (const std::exception& e) {
    log_.error("answer cut short", {{"error", e.what()}});
  }
  return std::nullopt;
}

void Dispatcher::on_worker(std::function<void()> work) { boost::asio::post(workers_.checks, std::move(work)); }

void Dispatcher::on_lane(Lane lane, std::function<void()> work) {
  switch (lane) {
    case Lane::uploads:
      return boost::asio::post(workers_.uploads, std::move(work));
    case Lane::pictures:
      return boost::asio::post(workers_.pictures, std::move(work));
    case Lane::reads:
      break;
  }
  boost::asio::post(workers_.reads, std::move(work));
}

std::optional<Response> Dispatcher::begin_on_lane(Lane lane, std::function<void()> work) {
  const auto index = static_cast<std::size_t>(lane);
  auto& waiting = waiting_[index];
  if (waiting >= max_waiting[index])  // the network's thread alone adds to it
    return come_back_later(retry_after_sec, "too many such requests wait for their turn");
  ++waiting;
  on_lane(lane, [&waiting, work = std::move(work)] {
    --waiting;
    work();
  });
  return std::nullopt;
}

}  // namespace activitytrack::server
