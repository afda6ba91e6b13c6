#pragma once

#include "core/file.hpp"
#include "net/url.hpp"

#include <netdb.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::load {

/// Where requests go. One for the program's life.
struct Target {
  Url url;
  sockaddr_storage address{};
  socklen_t address_size = 0;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls{nullptr, SSL_CTX_free};  ///< null: plain
};

/// Looks the host up. The certificate is not checked: this measures a server of one's own.
Result<Target> make_target(std::string_view url);

/// As much of an answer as matters here.
struct Answer {
  int status = 0;
  bool keep_alive = true;
  std::optional<std::chrono::seconds> retry_after;
  std::uint64_t accepted = 0, duplicates = 0;
  std::size_t size = 0;  ///< bytes, with its header
};

/// nullopt: there is more to come. Status 0: this is no answer.
std::optional<Answer> parse_answer(std::string_view bytes);

/// A connection that carries one request at a time and never waits: `epoll` tells, with `token`, when to call
/// progress().
class Connection {
 public:
  enum class State { closed, busy, answered, lost, idle };

  /// Both are borrowed.
  Connection(const Target& target, int epoll, std::uint32_t token) : target_(target), epoll_(epoll), token_(token) {}

  /// Sends a request; connects first where needed.
  State send(std::string_view head, std::string_view body);

  /// Goes on after an event. `answered` and `lost` are told once; after `lost` it is closed.
  State progress();

  void close();
  bool is_open() const { return static_cast<bool>(fd_); }

  /// Whether anything of the last request was sent: if not, the server cannot have it.
  bool was_sent() const { return sent_ > 0; }
  const Answer& answer() const { return answer_; }

 private:
  bool open();
  bool flush();
  State receive();
  State last_words();
  State lose();
  long read_some(char* to, std::size_t size);
  long write_some(const char* from, std::size_t size);

  const Target& target_;
  const int epoll_;
  const std::uint32_t token_;
  UniqueFd fd_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
  bool busy_ = false;
  std::string out_;  ///< what is not sent yet, from sent_
  std::size_t sent_ = 0;
  std::string in_;  ///< the beginning of an answer that came in pieces
  Answer answer_;
};

}  // namespace activitytrack::load
