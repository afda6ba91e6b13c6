#include "server/http/exchange.hpp"

#include <boost/beast/http/error.hpp>

#include <utility>

namespace activitytrack::server {
namespace {

/// So much of a body must come within its time limit, or the sender counts as gone.
constexpr std::size_t least_progress = 64 * 1024;

}  // namespace

/// Hands the body to the route's StreamHandler, in whose hands it is piece by piece.
Task<Session::Reading> Session::pass_body_on(Exchange& exchange) {
  std::unique_ptr<BodySink> sink;
  std::optional<Response> answer;
  const std::function<void()> begin = [&] { answer = edge_.dispatcher.begin(*exchange.route, exchange.request, sink); };
  set_no_deadline();
  std::optional<Response> refused = co_await begin_on(exchange.route->lane, begin);
  if (refused) co_return refuse_unread(exchange, std::move(*refused));
  if (answer) co_return refuse_unread(exchange, std::move(*answer));
  const Reading reading = co_await pass_pieces_on(exchange, *sink);
  if (reading == Reading::whole) {
    const std::function<void()> finish = [&] {
      exchange.response = edge_.dispatcher.finish(*exchange.route, exchange.request, *sink);
    };
    set_no_deadline();
    co_await work_on(exchange.route->lane, finish);
  }
  // What a sink holds may take its time to end.
  const auto end_sink = [held = std::shared_ptr(std::move(sink))] {};
  edge_.dispatcher.on_lane(exchange.route->lane, end_sink);
  co_return reading == Reading::whole ? Reading::answered : reading;
}

Task<Session::Reading> Session::pass_pieces_on(Exchange& exchange, BodySink& sink) {
  const bool told = co_await ask_for_body(exchange);
  if (!told) co_return Reading::lost;
  const auto take = [&exchange](std::string_view piece) { return exchange.gather_to_pass_on(piece); };
  exchange.parser.on_piece(take);
  buffer_.consume(std::exchange(exchange.parsed, 0));
  std::uint64_t left = exchange.request.content_length.value_or(0);
  std::string_view piece;
  std::optional<Response> answer;
  const std::function<void()> write = [&] { answer = edge_.dispatcher.write(*exchange.route, sink, piece); };
  set_deadline(edge_.config.limits.body_timeout);
  std::size_t progress = 0;
  while (true) {
    const Reading reading = co_await next_piece(exchange, left, piece);
    if (reading != Reading::whole || piece.empty()) co_return reading;
    const auto time_left = deadline_ - std::chrono::steady_clock::now();
    set_no_deadline();
    co_await work_on(exchange.route->lane, write);
    if (answer) co_return exchange.refuse(std::move(*answer));
    deadline_ = std::chrono::steady_clock::now() + time_left;  // the disk's time is not the sender's
    progress += piece.size();
    if (progress >= least_progress) {
      set_deadline(edge_.config.limits.body_timeout);
      progress = 0;
    }
    exchange.parser.head().has_coding ? exchange.gathered.clear() : buffer_.consume(piece.size());
  }
}

/// What has come of the body, and nothing at its end. The bytes are the buffer's, or gathered of chunks.
Task<Session::Reading> Session::next_piece(Exchange& exchange, std::uint64_t& left, std::string_view& piece) {
  piece = {};
  if (exchange.parser.head().has_coding) {
    while (exchange.gathered.empty() && !exchange.parser.is_done()) {
      const Reading reading = co_await read_some_chunks(exchange);
      if (reading != Reading::whole) co_return reading;
    }
    piece = exchange.gathered;
    co_return Reading::whole;
  }
  if (left > 0 && buffer_.empty()) {
    buffer_.compact();
    const bool open = co_await read_more();
    if (!open) co_return Reading::lost;
  }
  piece = buffer_.data().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, BufferPool::block_bytes)));
  left -= piece.size();
  co_return Reading::whole;
}

/// The answer if it cannot begin now.
Task<std::optional<Response>> Session::begin_on(Lane lane, const std::function<void()>& work) {
  const auto work_and_wake = [this, &work] {
    work();
    edge_.wakeups.wake(waiter_);
  };
  auto refused = edge_.dispatcher.begin_on_lane(lane, work_and_wake);
  if (!refused) co_await waiter_.wait();
  co_return refused;
}

Task<void> Session::work_on(Lane lane, const std::function<void()>& work) {
  const auto work_and_wake = [this, &work] {
    work();
    edge_.wakeups.wake(waiter_);
  };
  edge_.dispatcher.on_lane(lane, work_and_wake);
  co_await waiter_.wait();
}

}  // namespace activitytrack::server
