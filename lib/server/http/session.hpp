#pragma once

#include "server/http/connection.hpp"
#include "server/http/edge.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace activitytrack::server {

struct AnswerFrame;

/// One connection: reads requests one after the other, and writes their answers in the same order. Lives on
/// the network's thread. Between requests it holds no buffer.
class Session {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// `edge` is borrowed.
  Session(Socket socket, Edge& edge);

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
  Task<bool> wait_for_request();
  Task<bool> serve_request();
  Task<Reading> read_request(Exchange& exchange);
  Task<Reading> read_head(Exchange& exchange);
  Reading understand(Exchange& exchange);
  Task<Reading> ask_gate(Exchange& exchange);
  Reading refuse_unread(Exchange& exchange, Response refusal);
  Task<Reading> read_body(Exchange& exchange);
  Task<Reading> read_chunks(Exchange& exchange);
  Task<Reading> read_some_chunks(Exchange& exchange);
  Task<bool> ask_for_body(const Exchange& exchange);
  Task<Reading> pass_body_on(Exchange& exchange);
  Task<Reading> pass_pieces_on(Exchange& exchange, BodySink& sink);
  Task<Reading> next_piece(Exchange& exchange, std::uint64_t& left, std::string_view& piece);
  Task<void> work_on(Lane lane, const std::function<void()>& work);
  Task<std::optional<Response>> begin_on(Lane lane, const std::function<void()>& work);
  Task<bool> read_more();
  Task<void> dispatch(Exchange& exchange);

  Task<bool> send_answer(Exchange& exchange);
  Task<bool> send_stream(Exchange& exchange, bool in_chunks);
  Task<bool> send(std::string_view bytes);
  Task<void> linger();
  void note(const Exchange& exchange);

  void set_deadline(std::chrono::seconds from_now) { deadline_ = std::chrono::steady_clock::now() + from_now; }
  void set_no_deadline() { deadline_ = Instant::max(); }

  Edge& edge_;
  Connection connection_;
  InputBuffer buffer_;  ///< bytes read beyond the last request: the next one's
  Waiter waiter_;
  const std::string peer_;
  const bool from_proxy_;
  Instant deadline_ = Instant::max();
  unsigned unrested_ = 0;  ///< requests that were there before they were waited for
  bool idle_ = true;       ///< no request is under way
  bool stopping_ = false;
};

}  // namespace activitytrack::server
