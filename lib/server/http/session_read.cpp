#include "server/http/session.hpp"

#include "server/http/address_rate.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

namespace http = boost::beast::http;

constexpr int memory_retry_sec = 5;

/// Of routes that take no events: some fields of JSON.
constexpr std::size_t max_small_body_bytes = 256 * 1024;

/// So much of a body must arrive within its time limit, or the sender counts as gone.
constexpr std::size_t least_progress = 64 * 1024;

std::size_t max_body_of(const Route& route, const HttpLimits& limits) {
  if (std::holds_alternative<StreamHandler>(route.handler)) return limits.max_stream_bytes;
  return route.takes_long_body ? limits.max_body_bytes : std::min(max_small_body_bytes, limits.max_body_bytes);
}

/// What goes with the head's bytes.
void note_head(AccessEntry& entry, const RequestHead& head) {
  entry.method = head.method;
  entry.path = without_query(head.target);
  entry.version = head.version;
  entry.referer = without_query(head.referer);
  entry.user_agent = head.user_agent;
}

bool is_loopback(std::string_view client) { return client.starts_with("127.") || client == "::1"; }

Response too_large() { return problem(413, "the body is too large"); }

Response no_memory() {
  return come_back_later(memory_retry_sec, "more bodies are under way than the server has memory for");
}

}  // namespace

Task<Session::Reading> Session::read_request(Exchange& exchange) {
  Reading reading = co_await read_head(exchange);
  if (reading == Reading::whole) reading = understand(exchange);
  if (reading == Reading::whole) reading = co_await ask_access(exchange);
  if (reading != Reading::whole) co_return reading;
  if (exchange.is_streamed()) co_return co_await pass_body_on(exchange);
  co_return co_await read_body(exchange);
}

/// Until the head is whole its bytes stay where they are, for the parser's views. One empty line before it is passed
/// over, since old clients end a body by one (RFC 9112, 2.2).
Task<Session::Reading> Session::read_head(Exchange& exchange) {
  set_deadline(edge_.config.limits.header_timeout);
  buffer_.compact();
  while (true) {
    boost::system::error_code error = http::error::need_more;
    if (exchange.parsed == 0) skip_empty_line();
    const auto fresh = buffer_.data().substr(exchange.parsed);
    if (!fresh.empty() && fresh != "\r") exchange.parsed += exchange.parser.put(fresh, error);
    if (!error) co_return Reading::whole;
    if (error == http::error::need_more && buffer_.space().empty()) error = http::error::header_limit;
    if (error != http::error::need_more) co_return exchange.refuse(refuse_unreadable(error, buffer_.data()));
    if (!(co_await read_more())) co_return Reading::lost;
  }
}

Session::Reading Session::understand(Exchange& exchange) {
  const RequestHead& head = exchange.parser.head();
  if (from_proxy_ && is_request_id(head.request_id)) exchange.request.id = head.request_id;
  if (edge_.config.access_log) note_head(exchange.entry, head);
  if (auto refused = refuse_head(head, edge_.config.limits.max_target_bytes))
    return exchange.refuse(std::move(*refused));
  if (head.is_unframed_post()) exchange.reusable = false;  // what follows may be a body all the same
  auto request = server::read_head(head);
  if (!request) return exchange.refuse(problem(400, request.error().message));
  request->id = std::move(exchange.request.id);
  exchange.request = std::move(*request);
  exchange.request.content_length = exchange.parser.content_length().has_value()
                                        ? std::optional<std::uint64_t>(*exchange.parser.content_length())
                                        : std::nullopt;
  note_sender(exchange.request, head);
  auto found = edge_.dispatcher.find(exchange.request, offer_);
  if (auto* nothing = std::get_if<Response>(&found)) return refuse_unread(exchange, std::move(*nothing));
  exchange.max_body_bytes = max_body_of(*exchange.request.route, edge_.config.limits);
  exchange.parser.limit_body(exchange.max_body_bytes);
  if (exchange.parser.content_length().value_or(0) > exchange.max_body_bytes)
    return refuse_unread(exchange, too_large());
  return Reading::whole;
}

/// From where the request came, and by what name: of a trusted proxy's request what it says of its client.
void Session::note_sender(Request& request, const RequestHead& head) const {
  const HttpConfig& config = edge_.config;
  request.client = from_proxy_ ? config.proxies.client(head.forwarded_for, peer_) : peer_;
  request.asker = from_proxy_ ? address_share(request.client) : peer_share_;
  if (from_proxy_ && !head.forwarded_host.empty()) request.host = forwarded_host_of(head.forwarded_host);
  request.is_public = !config.public_origin.empty() && boost::algorithm::iequals(request.origin, config.public_origin);
  request.is_secure = connection_.is_tls() || (from_proxy_ && is_forwarded_https(head.forwarded_proto));
  // A proxy on this machine that is not trusted asks for others.
  request.is_local = is_loopback(request.client) && (from_proxy_ || !head.is_forwarded);
}

Task<Session::Reading> Session::ask_access(Exchange& exchange) {
  std::optional<Response> refused;
  const auto ask = [&] { refused = edge_.dispatcher.refuse(exchange.request); };
  if (edge_.dispatcher.is_known(exchange.request)) {
    ask();
  } else {
    set_no_deadline();
    auto late = co_await begin_work_on(Lane::checks, exchange.request.asker, ask);
    if (late) refused = std::move(late);
  }
  if (!refused) co_return Reading::whole;
  co_return refuse_unread(exchange, std::move(*refused));
}

/// A short body is skipped, so that the client can try again on this connection; more of it is not waited for.
Session::Reading Session::refuse_unread(Exchange& exchange, Response refusal) {
  const auto length = exchange.parser.content_length().value_or(0);
  const bool is_here = exchange.parser.is_done() ||
                       (!exchange.parser.head().has_coding && buffer_.data().size() - exchange.parsed >= length);
  if (!is_here) return exchange.refuse(std::move(refusal));
  exchange.parsed += static_cast<std::size_t>(length);
  exchange.response = std::move(refusal);
  return Reading::answered;
}

Task<Session::Reading> Session::read_body(Exchange& exchange) {
  set_deadline(edge_.config.limits.body_timeout);
  const bool is_chunked = exchange.parser.head().has_coding;
  const auto length = static_cast<std::size_t>(exchange.parser.content_length().value_or(0));
  const auto total = exchange.parsed + length;
  if (!(co_await ask_for_body(exchange))) co_return Reading::lost;
  if (is_chunked) co_return co_await read_chunks(exchange);
  while (buffer_.data().size() < total) {
    if (!buffer_.grow_towards(total, exchange.request.asker)) co_return exchange.refuse(no_memory());
    if (!(co_await read_more())) co_return Reading::lost;
  }
  exchange.request.body = buffer_.data().substr(exchange.parsed, length);
  exchange.parsed = total;
  co_return Reading::whole;
}

/// Sends "100 Continue" if the client waits for it. False if the connection ended.
Task<bool> Session::ask_for_body(const Exchange& exchange) {
  const auto here = buffer_.data().size() - exchange.parsed;
  const bool is_here = !exchange.parser.head().has_coding && here >= exchange.parser.content_length().value_or(0);
  if (exchange.parser.head().expect.empty() || is_here) co_return true;
  co_return co_await send("HTTP/1.1 100 Continue\r\n\r\n");
}

Task<Session::Reading> Session::read_chunks(Exchange& exchange) {
  const auto take = [&exchange](std::string_view piece) { return exchange.gather(piece); };
  exchange.parser.on_piece(take);
  buffer_.consume(std::exchange(exchange.parsed, 0));
  while (!exchange.parser.is_done()) {
    const Reading reading = co_await read_some_chunks(exchange);
    if (reading != Reading::whole) co_return reading;
  }
  exchange.request.body = exchange.gathered;
  co_return Reading::whole;
}

/// Has the parser take what is there, or waits for more.
Task<Session::Reading> Session::read_some_chunks(Exchange& exchange) {
  boost::system::error_code error = http::error::need_more;
  if (!buffer_.empty()) buffer_.consume(exchange.parser.put(buffer_.data(), error));
  if (error == http::error::buffer_overflow)
    co_return exchange.refuse(exchange.is_too_large ? too_large() : no_memory());
  if (error == http::error::need_more) {
    buffer_.compact();
    if (buffer_.space().empty())
      co_return exchange.refuse(problem(400, "a chunk's first line or the trailer is too long"));
    if (!(co_await read_more())) co_return Reading::lost;
  } else if (error) {
    co_return exchange.refuse(refuse_unreadable(error, buffer_.data()));
  }
  co_return Reading::whole;
}

Task<bool> Session::read_more() {
  while (true) {
    const Io io = connection_.read(buffer_.space());
    buffer_.commit(io.bytes);
    if (io.state == Io::State::done || io.state == Io::State::closed) co_return io.state == Io::State::done;
    if (!(co_await connection_.wait(io.state))) co_return false;
  }
}

/// Hands the body to the route's StreamHandler, piece by piece.
Task<Session::Reading> Session::pass_body_on(Exchange& exchange) {
  std::unique_ptr<BodySink> sink;
  std::optional<Response> answer;
  const Lane lane = exchange.request.route->lane;
  const std::string_view asker = exchange.request.asker;
  const auto begin = [&] { answer = edge_.dispatcher.begin(exchange.request, sink); };
  set_no_deadline();
  auto refused = co_await begin_work_on(lane, asker, begin);
  if (refused) co_return refuse_unread(exchange, std::move(*refused));
  if (answer) co_return refuse_unread(exchange, std::move(*answer));
  const Reading reading = co_await pass_pieces_on(exchange, *sink);
  if (reading == Reading::whole) {
    const auto finish = [&] { exchange.response = edge_.dispatcher.finish(exchange.request, *sink); };
    set_no_deadline();
    co_await work_on(lane, asker, finish);
  }
  // What a sink holds may take its time to end.
  const auto end_sink = [held = std::shared_ptr(std::move(sink))] {};
  edge_.dispatcher.on_lane(lane, asker, end_sink);
  co_return reading == Reading::whole ? Reading::answered : reading;
}

Task<Session::Reading> Session::pass_pieces_on(Exchange& exchange, BodySink& sink) {
  if (!(co_await ask_for_body(exchange))) co_return Reading::lost;
  const auto take = [&exchange](std::string_view piece) { return exchange.gather(piece); };
  exchange.parser.on_piece(take);
  buffer_.consume(std::exchange(exchange.parsed, 0));
  std::uint64_t left = exchange.request.content_length.value_or(0);
  std::string_view piece;
  std::optional<Response> answer;
  const auto write = [&] { answer = edge_.dispatcher.write(exchange.request, sink, piece); };
  set_deadline(edge_.config.limits.body_timeout);
  std::size_t progress = 0;
  while (true) {
    const Reading reading = co_await next_piece(exchange, left, piece);
    if (reading != Reading::whole || piece.empty()) co_return reading;
    const auto time_left = deadline_ - std::chrono::steady_clock::now();
    set_no_deadline();
    co_await work_on(exchange.request.route->lane, exchange.request.asker, write);
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
    if (!(co_await read_more())) co_return Reading::lost;
  }
  piece = buffer_.data().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, InputBuffer::block_bytes)));
  left -= piece.size();
  co_return Reading::whole;
}

}  // namespace activitytrack::server
