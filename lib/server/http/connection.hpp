#pragma once

#include "server/http/http_stats.hpp"
#include "server/http/task.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

typedef struct ssl_st SSL;

namespace activitytrack::server {

class TlsContext;

/// What became of an attempt to read or write.
struct Io {
  enum class State {
    done,
    want_read,   ///< nothing yet: wait until the socket can be read
    want_write,  ///< the same for writing
    closed,      ///< by the other side, or broken
  };
  State state = State::closed;
  std::size_t bytes = 0;
};

/// A client's connection, plain or TLS. Reads and writes never wait. OpenSSL works directly on the socket, and holds a
/// record's buffer only while there is part of a record: Asio's own stream would keep four of them all the time.
class Connection {
 public:
  /// TLS if `tls` is not null.
  Connection(Socket socket, std::shared_ptr<const TlsContext> tls, HttpStats& stats);
  ~Connection();
  Connection(const Connection&) = delete;

  /// To be done before anything is read or written; at once where there is no TLS. Any thread may call it while no
  /// other uses this.
  Io handshake();

  /// Whether what is left of the handshake takes no time: this side has nothing to sign or to agree on any more.
  bool has_little_left() const;

  Io read(std::span<char> into);
  Io write(std::string_view bytes);

  /// Until what an Io wants has come. False if it is closed.
  Task<bool> wait(Io::State want);

  /// Has a wait() under way return false.
  void end_wait() noexcept;

  /// What read() would give, which stays where it is.
  Io peek();

  /// Whether read() may give something without a wait.
  bool has_unread() const;
  bool is_tls() const { return tls_ != nullptr; }
  bool is_resumed() const;  ///< by a session ticket

  boost::asio::ip::address peer() const;

  /// Signals the other side that nothing more will be sent.
  void finish() noexcept;

  /// Reads and forgets what has come.
  Io discard();

  void close() noexcept;

 private:
  struct FreeTls {
    void operator()(SSL* tls) const noexcept;
  };

  template <class Call>
  Io by_tls(Call call);

  Socket socket_;
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<SSL, FreeTls> tls_;
  HttpStats& stats_;
};

}  // namespace activitytrack::server
