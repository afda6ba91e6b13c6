#include "server/http/exchange.hpp"
#include "server/http/response_head.hpp"

namespace activitytrack::server {
namespace {

constexpr std::size_t small_body_bytes = 64 * 1024;  // sent in one piece with the head
constexpr std::chrono::seconds linger_timeout{5};

}  // namespace

/// Gives whether the connection can serve another request.
Task<bool> Session::send_answer(Exchange& exchange) {
  Response& response = exchange.response;
  AnswerFrame frame;
  frame.version = exchange.parser.head().version;
  frame.is_head = exchange.parser.head().method == "HEAD";
  const bool is_framed = !response.stream || response.stream_bytes || frame.chunks();
  frame.keep_alive = exchange.keep_alive() && !stopping_ && is_framed;
  if (exchange.request.is_secure) frame.hsts_max_age = edge_.config.limits.hsts_max_age;
  frame.date = edge_.date;

  std::string head = format_head(response, frame);
  const bool in_one = has_body(response, frame) && response.body.size() <= small_body_bytes;
  if (in_one) head += response.body;
  bool sent = co_await send(head);
  if (sent && !in_one && has_body(response, frame)) sent = co_await send(response.body);
  if (sent && response.stream && has_body(response, frame)) {
    sent = co_await send_stream(exchange, frame.chunks() && !response.stream_bytes);
  }
  if (!sent) co_return false;
  if (!frame.keep_alive && !stopping_) co_await linger();
  co_return frame.keep_alive;
}

/// Asks for a piece when the one before it is on its way, so that a slow client holds one alone. False cuts
/// the connection, and the client knows by the missing end that it has not got all.
Task<bool> Session::send_stream(Exchange& exchange, bool in_chunks) {
  BodySource source = std::move(exchange.response.stream);
  const Lane lane = exchange.route->lane;
  std::uint64_t left = exchange.response.stream_bytes.value_or(0);
  std::optional<std::string> piece;
  bool sent = true;
  const auto pull_and_wake = [this, &source, &piece] {
    piece = edge_.dispatcher.pull(source);
    edge_.wakeups.wake(waiter_);
  };
  while (sent) {
    edge_.dispatcher.on_lane(lane, pull_and_wake);
    co_await waiter_.wait();
    if (!piece || piece->empty()) break;
    left -= piece->size();
    if (in_chunks) piece = format_chunk(*piece);
    sent = co_await send(*piece);
    piece.reset();
  }
  // What a source holds may take its time to end, too.
  const auto end_source = [held = std::move(source)] {};
  edge_.dispatcher.on_lane(lane, end_source);
  if (!sent || !piece || (exchange.response.stream_bytes && left != 0)) co_return false;
  if (in_chunks) sent = co_await send(last_chunk);
  co_return sent;
}

Task<bool> Session::send(std::string_view bytes) {
  bool waited = false;
  while (!bytes.empty()) {
    const Io io = connection_.write(bytes);
    if (io.state == Io::State::closed) co_return false;
    bytes.remove_prefix(io.bytes);
    if (io.state == Io::State::done) continue;
    if (!std::exchange(waited, true)) set_deadline(edge_.config.limits.write_timeout);
    const bool open = co_await connection_.wait(io.state);
    if (!open) co_return false;
  }
  if (waited) set_no_deadline();
  co_return true;
}

/// Closing with bytes unread would reset the connection, and the client could lose the answer.
Task<void> Session::linger() {
  connection_.finish();
  idle_ = true;
  set_deadline(linger_timeout);
  Io io{Io::State::want_read};
  while (io.state != Io::State::closed) {
    // One piece a turn: who pours bytes in must not keep the thread from others.
    const bool open = co_await connection_.wait(Io::State::want_read);
    io = open ? connection_.discard() : Io{};
  }
}

}  // namespace activitytrack::server
