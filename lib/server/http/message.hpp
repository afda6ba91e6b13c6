#pragma once

#include <activitytrack/core/result.hpp>

#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack {
class Log;
}

namespace activitytrack::server {

/// A request's path and query, decoded.
struct Target {
  std::vector<std::string> segments;  ///< "/api/machines/a%2Fb": "api", "machines", "a/b"
  std::vector<bool> as_written;       ///< of each segment: whether it stood so, without percent-encoding
  std::vector<std::pair<std::string, std::string>> query;
  std::string authority{};  ///< "host:port" of the absolute form; else ""

  /// The value of a parameter, or null.
  const std::string* find(std::string_view name) const noexcept;
};

/// Splits a request target ("/path?query", or the absolute form) and decodes its parts. A "+" stays a "+": time zones
/// and offsets have them. Errors: wrong percent-encoding, text that is not UTF-8 or holds NUL, control characters in
/// the query (a path may name a machine that was taken with some), a parameter given twice, an absolute form without a
/// host or with a user.
Result<Target> parse_target(std::string_view target);

struct Route;

/// A request as handlers see it: whole, within the limits, without a socket. Header fields are as sent, "" if missing.
struct Request {
  std::string method{};
  Target target{};
  std::vector<std::string> arguments{};  ///< what stood for the `{...}` of the route's pattern
  const Route* route = nullptr;          ///< the row of the table that it was found by
  std::string content_type{};
  std::string content_encoding{};
  std::string accept{};
  std::string accept_encoding{};
  std::string authorization{};
  std::string cookie{};
  std::string host{};  ///< that the client asked for: Host, or what a trusted proxy says
  std::string origin{};
  std::string if_none_match{};
  std::string user_agent{};
  std::string if_match{};
  std::string last_event_id{};
  std::optional<std::uint64_t> content_length{};  ///< nullopt: the body comes in chunks, or there is none
  std::string_view body{};  ///< as sent, packed or not; its bytes are the connection's, and outlive the answer

  std::string id{};        ///< names it in logs and in its answer: of letters, digits and -_.
  std::string client{};    ///< its address without a port: the peer's, or what a trusted proxy says
  std::string asker{};     ///< whose share of the server it takes; address_share() until who asks is known
  bool is_local = false;   ///< it came from this machine, and no proxy says that it asks for others
  bool is_secure = false;  ///< it came by TLS, to here or to a trusted proxy
  bool is_public = false;  ///< Origin is the server's own address, as its administrator gave it
  std::any identity{};     ///< who asks: set and read by those who check access, and never by http
};

/// Whether it only reads: GET or HEAD.
bool is_read(const Request& request) noexcept;

/// Returns the next piece of a body; "" at its end. Called on a worker thread, one piece at a time.
using BodySource = std::function<std::string()>;

/// What makes an answer that has no end of its own: it goes out as it comes, until either side ends it. Between its
/// pieces it holds no thread, and no memory of the connection's.
class LiveSource {
 public:
  virtual ~LiveSource() = default;

  /// Called once, before all else. `ring` may be called from any thread, and often, while this lives: take() follows.
  virtual void begin(std::function<void()> ring) = 0;

  /// What there is to be sent now; "" if there is nothing; nullopt ends the answer. Called on the network's thread, so
  /// it must not wait, and when what it gave before is on its way: who reads slowly is asked for little.
  virtual std::optional<std::string> take() = 0;

  /// Sent where nothing was for a while, so that both sides know of each other.
  virtual std::string_view ping() const = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< beyond type and length
  std::string_view lasting_body{};  ///< if set, the body is this and not `body`: bytes that outlive the server, and
                                    ///< take no memory of their own
  std::string_view wrong_secret{};  ///< refused because this was wrong: "password", "token"; logged with the client
  BodySource stream{};  ///< if set, the body is this and not `body`, sent in chunks as the client takes them;
                        ///< one that throws cuts the connection, so that nobody takes a part for the whole
  std::shared_ptr<LiveSource> live{};           ///< if set, the body is this
  std::optional<std::uint64_t> stream_bytes{};  ///< how long that is, if it is known: then it needs no chunks
};

/// What is sent of a body that is not streamed.
inline std::string_view body_of(const Response& response) noexcept {
  return response.lasting_body.empty() ? std::string_view(response.body) : response.lasting_body;
}

/// Takes a request's body while it arrives, so that its length takes no memory. Called on worker threads, one call at a
/// time. Destroyed there too, at the end or when the connection was cut, perhaps after the request has gone.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// Takes the next piece, of 16 KiB at most. An answer ends the request, and no more of it is read.
  virtual std::optional<Response> write(std::string_view piece) = 0;

  /// The body was whole.
  virtual Response finish() = 0;
};

/// "Not Found" for 404; for a status that is not known here, what its first digit says.
std::string_view status_title(int status) noexcept;

/// An error as application/problem+json (RFC 9457): type about:blank, the status and its title, and
/// `detail`, a sentence that says what to do differently.
Response problem(int status, std::string_view detail);

/// Adds a member to the object that a problem's body is. `json`: its value, as JSON.
void add_member(Response& problem, std::string_view name, std::string_view json);

/// 503, with Retry-After.
Response come_back_later(int seconds, std::string_view detail);

/// What an asker may use of something, and how much of it is left to them.
struct RateLimit {
  std::string_view policy;  ///< its name: lower case letters and "-"
  std::uint64_t quota = 0;
  std::uint64_t left = 0;
  std::chrono::seconds window{0};  ///< the quota is that of so long; 0: of what is under way at a time
  std::chrono::seconds reset{0};   ///< when more of it will be left
  std::string_view unit{};         ///< of both; "": requests
};

/// Adds RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10). An answer may be given several.
void add_rate_limit(Response& response, const RateLimit& limit);

/// 429 for who has used up a limit: with its fields, and Retry-After as long as its reset, at least 1 s.
Response over_limit(const RateLimit& limit, std::string_view detail);

/// What a client reads of a failure that is the server's own: of a full disk, of what is not available now, and of all
/// else. What exactly failed is for the log, not for the client.
struct FailureWords {
  std::string_view full = "the server's disk is full; nothing was stored";
  std::string_view away = "the server's database is not available";
  std::string_view failed = "the server's database failed; its log says more";
};

/// A failure of the server: 503 with Retry-After where it is transient, else 500.
Response failure_answer(const Error& error, const FailureWords& words = {});

/// Any error, by the one table from ErrorCode to status. What is wrong with the request is answered with the error's
/// message: 400, 401, 404, 409, 413; all else is a failure, which is logged.
Response error_answer(const Error& error, Log& log, const Request& request);

/// What a handler made, or the answer to its error.
Response answer_of(Result<Response> made, Log& log, const Request& request);

}  // namespace activitytrack::server
