#include "server/http/session.hpp"

#include "server/http/response_format.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {
namespace {

/// Requests that one client may have sent ahead before others have their turn.
constexpr unsigned max_unrested = 32;

constexpr std::size_t small_body_bytes = 64 * 1024;  // sent in one piece with the head
constexpr std::chrono::seconds linger_timeout{5};

/// For which a streamed answer counts: its pieces are shorter, but it may hold an open file, too.
constexpr std::size_t streamed_bytes = 1 << 20;
constexpr int unread_retry_sec = 5;

constexpr std::chrono::seconds ping_each{15};

Response too_much_unread(std::size_t quota) {
  const RateLimit limit{
      .policy = "unread", .quota = quota, .reset = std::chrono::seconds(unread_retry_sec), .unit = "content-bytes"};
  return over_limit(limit, "you have not taken the answers to your other requests yet");
}

}  // namespace

Session::Session(Socket socket, Edge& edge, Offer offer)
    : edge_(edge),
      connection_(std::move(socket), edge.config.tls, edge.stats),
      buffer_(edge.body_budget),
      peer_(connection_.peer().to_string()),
      peer_share_(address_share(peer_)),
      counted_(counted_as(connection_.peer())),
      from_proxy_(!edge.config.proxies.empty() && edge.config.proxies.contains(connection_.peer())),
      offer_(offer) {}

Task<void> Session::run() {
  bool open = co_await shake_hands();
  while (open && !stopping_) {
    open = co_await wait_for_request();
    if (open) open = co_await serve_request();
  }
  close();
}

void Session::stop() {
  stopping_ = true;
  if (idle_) close();
  if (bell_) bell_->ring();
}

void Session::close() noexcept {
  if (lent_) {
    stopping_ = true;
    return;
  }
  connection_.finish();
  connection_.close();
}

void Session::check_deadline(Instant now) noexcept {
  if (bell_) bell_->ring();
  if (now < deadline_) return;
  set_no_deadline();
  if (!idle_) HttpStats::add(edge_.stats.connections_timed_out);
  close();
}

Task<bool> Session::shake_hands() {
  if (!connection_.is_tls()) co_return true;
  set_deadline(edge_.config.limits.header_timeout);
  Io io{Io::State::want_read};
  bool is_first = true;
  while (io.state == Io::State::want_read || io.state == Io::State::want_write) {
    const bool open = co_await connection_.wait(io.state);
    if (!open) {
      io = {};
    } else if (connection_.has_little_left()) {
      io = connection_.handshake();
    } else {
      io = co_await shake_hands_on_lane(std::exchange(is_first, false));
    }
  }
  const bool done = io.state == Io::State::done;
  HttpStats::add(done ? edge_.stats.tls_handshakes : edge_.stats.tls_failed);
  if (done && connection_.is_resumed()) HttpStats::add(edge_.stats.tls_resumed);
  co_return done;
}

/// Signatures and key agreement take up to milliseconds, and who asks for them is not known yet. What has begun goes
/// on, however many wait.
Task<Io> Session::shake_hands_on_lane(bool is_first) {
  Io io;
  const auto step = [&] { io = connection_.handshake(); };
  const auto time_left = deadline_ - std::chrono::steady_clock::now();
  set_no_deadline();  // the wait for a thread is not the client's time
  lent_ = true;
  if (is_first) {
    const auto refused = co_await begin_work_on(Lane::handshakes, peer_share_, step);
    if (refused) io = {};
  } else {
    co_await work_on(Lane::handshakes, peer_share_, step);
  }
  lent_ = false;
  deadline_ = std::chrono::steady_clock::now() + time_left;
  co_return stopping_ ? Io{} : io;
}

void Session::skip_empty_line() {
  constexpr std::string_view empty_line = "\r\n";
  if (skipped_line_ || !buffer_.data().starts_with(empty_line)) return;
  buffer_.consume(empty_line.size());
  skipped_line_ = true;
}

Task<bool> Session::wait_for_request() {
  skip_empty_line();
  buffer_.release();
  if (!buffer_.empty() || connection_.has_unread()) {
    if (++unrested_ % max_unrested == 0) co_await boost::asio::post(use_task);
    co_return true;
  }
  idle_ = true;
  set_deadline(edge_.config.limits.idle_timeout);
  const bool open = co_await connection_.wait(Io::State::want_read);
  idle_ = false;
  co_return open;
}

Task<bool> Session::serve_request() {
  Exchange exchange(edge_);
  exchange.request.id = edge_.request_ids.make();
  const Reading reading = co_await read_request(exchange);
  set_no_deadline();
  if (reading == Reading::lost) co_return false;
  if (reading == Reading::whole && may_have_answer(exchange)) {
    if (std::holds_alternative<WaitingHandler>(exchange.request.route->handler)) {
      co_await dispatch_waiting(exchange);
    } else {
      co_await dispatch(exchange);
    }
  }
  hold_answer(exchange);
  note(exchange);
  const bool reusable = co_await send_answer(exchange);
  if (edge_.config.access_log) note_access(exchange);
  buffer_.consume(exchange.parsed);
  skipped_line_ = false;
  co_return reusable;
}

Task<void> Session::dispatch(Exchange& exchange) {
  // Two pointers, so that std::function needs no memory of its own.
  const auto answer = [this, &exchange](Response response) {
    exchange.response = std::move(response);
    edge_.wakeups.wake(waiter_);
  };
  edge_.dispatcher.dispatch(exchange.request, answer);
  co_await waiter_.wait();
}

/// For what may take minutes: meanwhile it holds no buffer, and counts among those that wait, not among connections.
Task<void> Session::dispatch_waiting(Exchange& exchange) {
  const auto answer = [this, &exchange](Response response) {
    exchange.response = std::move(response);
    edge_.wakeups.wake(waiter_);
  };
  const auto give_up = edge_.dispatcher.begin_waiting(exchange.request, answer);
  if (!give_up) {
    co_await waiter_.wait();
    co_return;
  }
  buffer_.consume(std::exchange(exchange.parsed, 0));
  buffer_.release();
  edge_.connections.subtract(counted_);
  ++edge_.waiting;
  HttpStats::add(edge_.stats.waiting_now);
  if (!(co_await is_answered_while_open())) {
    give_up();
    co_await waiter_.wait();
  }
  HttpStats::subtract(edge_.stats.waiting_now);
  --edge_.waiting;
  edge_.connections.add(counted_);
}

/// Waits for the answer. False if the client goes before.
Task<bool> Session::is_answered_while_open() {
  waiter_.interrupt_by([this] { connection_.end_wait(); });
  Io io{Io::State::want_read};
  while (io.state == Io::State::want_read || io.state == Io::State::want_write) {
    const bool open = co_await connection_.wait(io.state);
    if (waiter_.is_woken()) co_return true;
    io = open ? connection_.peek() : Io{};
  }
  waiter_.interrupt_by(nullptr);
  if (io.state == Io::State::closed) co_return false;
  co_await waiter_.wait();  // the next request is there already
  co_return true;
}

/// Who has as many answers to take as may wait for them gets no more made, and may still change things.
bool Session::may_have_answer(Exchange& exchange) {
  const MemoryBudget& budget = edge_.answer_budget;
  const Request& request = exchange.request;
  const bool may_be_long = std::holds_alternative<Handler>(request.route->handler) && is_read(request);
  if (!may_be_long || budget.used_by(request.asker) < budget.each()) return true;
  HttpStats::add(edge_.stats.answers_refused);
  exchange.response = too_much_unread(budget.each());
  return false;
}

/// Counts a long answer, or one that is streamed, until it is sent; or gives another in its place.
void Session::hold_answer(Exchange& exchange) {
  const std::size_t bytes = exchange.response.stream ? streamed_bytes : exchange.response.body.capacity();
  if (bytes <= InputBuffer::block_bytes) return;
  switch (exchange.answer_memory.grow_to(bytes, exchange.request.asker)) {
    case MemoryBudget::Room::yes:
      break;
    case MemoryBudget::Room::asker_has_much:
      exchange.response = too_much_unread(edge_.answer_budget.each());
      break;
    case MemoryBudget::Room::all_have_much:
      exchange.response =
          come_back_later(unread_retry_sec, "more answers wait to be taken than the server has memory for");
  }
}

void Session::note(const Exchange& exchange) {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto took = duration_cast<microseconds>(std::chrono::steady_clock::now() - exchange.began);
  edge_.stats.count_answer(edge_.dispatcher.index_of(exchange.request.route), exchange.response.status, took);
  edge_.log.debug("request", {{"method", std::string_view(exchange.request.method)},
                              {"route", exchange.request.route ? exchange.request.route->pattern : std::string_view()},
                              {"status", exchange.response.status},
                              {"us", took.count()},
                              {"request", std::string_view(exchange.request.id)}});
  edge_.refusals.note(exchange.request, exchange.response, std::chrono::steady_clock::now());
}

/// Of a request that could not be read there is no more than its address and its answer.
void Session::note_access(Exchange& exchange) {
  using std::chrono::duration_cast;
  AccessEntry& entry = exchange.entry;
  entry.at = system_clock().now();
  entry.client = exchange.request.client.empty() ? peer_ : exchange.request.client;
  entry.user = edge_.dispatcher.name_of(exchange.request);
  entry.status = exchange.response.status;
  entry.request_id = exchange.request.id;
  entry.took = duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - exchange.began);
  edge_.config.access_log->note(entry);
}

/// Returns whether the connection can serve another request.
Task<bool> Session::send_answer(Exchange& exchange) {
  Response& response = exchange.response;
  name_request(response, exchange.request.id);
  AnswerFrame frame;
  frame.request_id = exchange.request.id;
  frame.version = exchange.parser.head().version;
  frame.is_head = exchange.parser.head().is_head;
  const bool is_framed = !response.stream || response.stream_bytes || frame.chunks();
  frame.keep_alive = exchange.keep_alive() && !stopping_ && is_framed && !response.live;
  if (exchange.request.is_secure) frame.hsts_max_age = edge_.config.limits.hsts_max_age;
  frame.date = edge_.date;

  std::string head = format_head(response, frame);
  const std::string_view body = body_of(response);
  const bool in_one = has_body(response, frame) && body.size() <= small_body_bytes;
  if (in_one) head += body;
  bool sent = co_await send(head);
  if (sent && has_body(response, frame)) exchange.entry.bytes = body.size();
  if (sent && !in_one && has_body(response, frame)) sent = co_await send(body);
  if (sent && response.stream && has_body(response, frame)) {
    sent = co_await send_stream(exchange, frame.chunks() && !response.stream_bytes);
  }
  if (sent && response.live && has_body(response, frame)) {
    co_await send_live(exchange, frame.chunks());
    co_return false;
  }
  if (!sent) co_return false;
  if (!frame.keep_alive && !stopping_) co_await linger();
  co_return frame.keep_alive;
}

/// Asks for a piece when the one before it is on its way, so that a slow client holds only one. False cuts the
/// connection, and the client knows by the missing end that it has not got all.
Task<bool> Session::send_stream(Exchange& exchange, bool in_chunks) {
  BodySource source = std::move(exchange.response.stream);
  const Lane lane = exchange.request.route->lane;
  const std::string_view asker = exchange.request.asker;
  std::uint64_t left = exchange.response.stream_bytes.value_or(0);
  std::optional<std::string> piece;
  bool sent = true;
  const auto pull = [this, &source, &piece] { piece = edge_.dispatcher.pull(source); };
  while (sent) {
    co_await work_on(lane, asker, pull);
    if (!piece || piece->empty()) break;
    left -= piece->size();
    exchange.entry.bytes += piece->size();
    if (in_chunks) piece = format_chunk(*piece);
    sent = co_await send(*piece);
    piece.reset();
  }
  // What a source holds may take its time to end, too.
  const auto end_source = [held = std::move(source)] {};
  edge_.dispatcher.on_lane(lane, asker, end_source);
  if (!sent || !piece || (exchange.response.stream_bytes && left != 0)) co_return false;
  if (in_chunks) sent = co_await send(last_chunk);
  co_return sent;
}

/// Counts among those that wait, not among connections. Each second it is looked whether the client is still there:
/// check_deadline() rings.
Task<void> Session::send_live(Exchange& exchange, bool in_chunks) {
  const auto source = std::move(exchange.response.live);
  buffer_.consume(std::exchange(exchange.parsed, 0));
  buffer_.release();
  bell_ = std::make_shared<Bell>(edge_.io);
  source->begin([bell = bell_] { bell->ring(); });
  edge_.connections.subtract(counted_);
  ++edge_.waiting;
  HttpStats::add(edge_.stats.waiting_now);
  auto last_sent = std::chrono::steady_clock::now();
  bool open = true;
  while (open && !stopping_) {
    std::optional<std::string> piece = source->take();
    if (!piece) break;
    const auto now = std::chrono::steady_clock::now();
    if (piece->empty() && now - last_sent >= ping_each) piece = source->ping();
    if (piece->empty()) {
      co_await bell_->wait();
      open = connection_.discard().state != Io::State::closed;
      continue;
    }
    last_sent = now;
    exchange.entry.bytes += piece->size();
    if (in_chunks) piece = format_chunk(*piece);
    open = co_await send(*piece);
  }
  bell_.reset();
  HttpStats::subtract(edge_.stats.waiting_now);
  --edge_.waiting;
  edge_.connections.add(counted_);
  if (open && in_chunks) co_await send(last_chunk);
}

Task<bool> Session::send(std::string_view bytes) {
  bool waited = false;
  while (!bytes.empty()) {
    const Io io = connection_.write(bytes);
    if (io.state == Io::State::closed) co_return false;
    bytes.remove_prefix(io.bytes);
    if (io.state == Io::State::done) continue;
    if (!std::exchange(waited, true)) set_deadline(edge_.config.limits.write_timeout);
    if (!(co_await connection_.wait(io.state))) co_return false;
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
    // One piece a turn: a client that pours bytes in must not keep the thread from others.
    const bool open = co_await connection_.wait(Io::State::want_read);
    io = open ? connection_.discard() : Io{};
  }
}

}  // namespace activitytrack::server
