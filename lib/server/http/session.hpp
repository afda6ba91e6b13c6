#pragma once

#include "server/http/access_log.hpp"
#include "server/http/address_rate.hpp"
#include "server/http/bell.hpp"
#include "server/http/connection.hpp"
#include "server/http/dispatcher.hpp"
#include "server/http/http_config.hpp"
#include "server/http/http_stats.hpp"
#include "server/http/input_buffer.hpp"
#include "server/http/refusal_log.hpp"
#include "server/http/request_id.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/task.hpp"

#include <activitytrack/core/log.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace activitytrack::server {

/// What all sessions share, on the network's thread.
struct Edge {
  Edge(boost::asio::io_context& context, Dispatcher& to, HttpStats& counts, Log& lines)
      : dispatcher(to),
        stats(counts),
        log(lines),
        io(context),
        wakeups(context),
        body_budget(counts.body_bytes_now, counts.bodies_refused),
        answer_budget(counts.answer_bytes_now, counts.answers_refused),
        refusals(lines) {}

  HttpConfig config;
  Dispatcher& dispatcher;
  HttpStats& stats;
  Log& log;
  boost::asio::io_context& io;
  Wakeups wakeups;
  MemoryBudget body_budget;    ///< of bodies that are longer than a block
  MemoryBudget answer_budget;  ///< of answers, too
  RefusalLog refusals;
  RequestIds request_ids;
  AddressCount connections;  ///< of each address, without those that wait
  std::size_t waiting = 0;   ///< connections whose request waits for something to happen
  std::string date;          ///< now, as HTTP has it
};

/// One connection: reads requests one after the other, and writes their answers in the same order. Lives on the
/// network's thread. Between requests it holds no buffer.
class Session {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// `edge` is borrowed. `offer`: of the address that was connected to.
  Session(Socket socket, Edge& edge, Offer offer);

  /// Serves until either side closes, or a limit is broken.
  Task<void> run();

  /// Closes if no request is under way, else after its answer.
  void stop();

  /// Closes now.
  void close() noexcept;

  /// Closes if what is under way should have ended. To be called each second or so.
  void check_deadline(Instant now) noexcept;

 private:
  struct Exchange;
  enum class Reading {
    whole,     ///< ready for its handler
    answered,  ///< refused, or by a StreamHandler
    lost,      ///< the connection ended, or took too long
  };

  Task<bool> shake_hands();
  Task<Io> shake_hands_on_lane(bool is_first);
  Task<bool> wait_for_request();
  Task<bool> serve_request();
  Task<Reading> read_request(Exchange& exchange);
  Task<Reading> read_head(Exchange& exchange);
  Reading understand(Exchange& exchange);
  void note_sender(Request& request, const RequestHead& head) const;
  Task<Reading> ask_access(Exchange& exchange);
  Reading refuse_unread(Exchange& exchange, Response refusal);
  Task<Reading> read_body(Exchange& exchange);
  Task<Reading> read_chunks(Exchange& exchange);
  Task<Reading> read_some_chunks(Exchange& exchange);
  Task<bool> ask_for_body(const Exchange& exchange);
  Task<Reading> pass_body_on(Exchange& exchange);
  Task<Reading> pass_pieces_on(Exchange& exchange, BodySink& sink);
  Task<Reading> next_piece(Exchange& exchange, std::uint64_t& left, std::string_view& piece);
  Task<bool> read_more();
  void skip_empty_line();
  Task<void> dispatch(Exchange& exchange);
  Task<void> dispatch_waiting(Exchange& exchange);
  Task<bool> is_answered_while_open();

  /// Runs `work` on a worker of the lane, for what has begun, and waits for it.
  template <class Work>
  Task<void> work_on(Lane lane, std::string_view asker, const Work& work) {
    // Two pointers, so that std::function needs no memory of its own.
    const auto work_and_wake = [this, &work] {
      work();
      edge_.wakeups.wake(waiter_);
    };
    edge_.dispatcher.on_lane(lane, asker, work_and_wake);
    co_await waiter_.wait();
  }

  /// The same for what begins: returns the answer if its turn does not come. `asker` is not looked at after that began.
  template <class Work>
  Task<std::optional<Response>> begin_work_on(Lane lane, std::string_view asker, const Work& work) {
    std::optional<Response> refused;
    const auto work_and_wake = [this, &work, &refused](FairPool::Turn turn) {
      turn == FairPool::Turn::now ? work() : void(refused = edge_.dispatcher.too_late());
      edge_.wakeups.wake(waiter_);
    };
    refused = edge_.dispatcher.begin_on_lane(lane, asker, work_and_wake);
    if (!refused) co_await waiter_.wait();
    co_return refused;
  }

  bool may_have_answer(Exchange& exchange);
  void hold_answer(Exchange& exchange);
  Task<bool> send_answer(Exchange& exchange);
  Task<bool> send_stream(Exchange& exchange, bool in_chunks);
  Task<void> send_live(Exchange& exchange, bool in_chunks);
  Task<bool> send(std::string_view bytes);
  Task<void> linger();
  void note(const Exchange& exchange);
  void note_access(Exchange& exchange);

  void set_deadline(std::chrono::seconds from_now) { deadline_ = std::chrono::steady_clock::now() + from_now; }
  void set_no_deadline() { deadline_ = Instant::max(); }

  Edge& edge_;
  Connection connection_;
  InputBuffer buffer_;  ///< bytes read beyond the last request: the next one's
  Waiter waiter_;
  const std::string peer_;
  const std::string peer_share_;  ///< address_share() of it
  const CountedAddress counted_;
  const bool from_proxy_;
  const Offer offer_;
  Instant deadline_ = Instant::max();
  unsigned unrested_ = 0;  ///< requests that were there before they were waited for
  bool idle_ = true;       ///< no request is under way
  bool stopping_ = false;
  bool skipped_line_ = false;   ///< before the request that comes or is under way
  bool lent_ = false;           ///< a worker has the connection
  std::shared_ptr<Bell> bell_;  ///< while a LiveSource is sent
};

/// One request on its way to its answer.
struct Session::Exchange {
  explicit Exchange(Edge& edge)
      : parser(InputBuffer::block_bytes,
               std::max(edge.config.limits.max_body_bytes, edge.config.limits.max_stream_bytes)),
        gathered_memory(edge.body_budget),
        answer_memory(edge.answer_budget) {}

  RequestParser parser;
  std::size_t parsed = 0;  ///< bytes of the session's buffer that are this request's
  Request request;
  std::size_t max_body_bytes = 0;  ///< of the route
  std::string gathered;            ///< of a chunked body
  std::size_t taken = 0;           ///< of it in all; a BodySink's is not kept
  bool is_too_large = false;       ///< it is beyond the route's limit
  MemoryShare gathered_memory;
  Response response;
  MemoryShare answer_memory;  ///< of its body, or of what it streams
  AccessEntry entry;          ///< filled in only where there is an access log
  bool reusable = true;       ///< whether it is certain where the next request begins
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

  bool keep_alive() const { return reusable && parser.is_header_done() && parser.keep_alive(); }

  bool is_streamed() const { return std::holds_alternative<StreamHandler>(request.route->handler); }

  /// The answer, after which the connection ends.
  Reading refuse(Response refusal) {
    reusable = false;
    response = std::move(refusal);
    return Reading::answered;
  }

  /// Adds to the chunked body, unless that is beyond the route's limit or, if all of it is kept, the budget.
  bool gather(std::string_view piece) {
    taken += piece.size();
    is_too_large = taken > max_body_bytes;
    if (is_too_large) return false;
    if (!is_streamed() && taken > gathered.capacity()) {
      const auto larger = std::max(taken, 2 * gathered.capacity());
      if (gathered_memory.grow_to(larger, request.asker) != MemoryBudget::Room::yes) return false;
      gathered.reserve(larger);
    }
    gathered += piece;
    return true;
  }
};

}  // namespace activitytrack::server
