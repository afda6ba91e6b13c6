#pragma once

#include <openssl/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace activitytrack::test {

/// A server's end of one connection, for a script to behave well or badly on.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  Peer(const Peer&) = delete;
  ~Peer();

  /// A request's header and the body that its Content-Length tells; empty when the client closed instead.
  std::string read_request();

  /// A request's header, and of its body as many bytes as told, which it gives; no more is read.
  std::string read_some(std::size_t body_bytes);
  bool write(std::string_view bytes);

  /// One byte at a time, with `pause` in between, until done or the client is gone.
  void write_slowly(std::string_view bytes, std::chrono::milliseconds pause);

  /// Speaks TLS from here on; false if the client does not want to.
  bool start_tls(SSL_CTX* context);

  /// When the script returns, the connection ends with a RST instead of a FIN.
  void reset();

  /// Waits until the client closes.
  void wait_for_close();

 private:
  long receive(char* into, std::size_t size);

  int fd_;
  SSL* ssl_ = nullptr;
};

/// Listens on a port of 127.0.0.1 and runs a script for each connection, in turn, on a thread of its own: the
/// first for the first one and so on, the last for all further ones.
class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(std::vector<Script> scripts);
  ScriptedServer(const ScriptedServer&) = delete;
  ~ScriptedServer();

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const;
  int connections() const { return connections_; }

 private:
  void serve();

  std::vector<Script> scripts_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<int> current_{-1};
  std::thread thread_;
};

/// "HTTP/1.1 200 OK" with a body and its length.
std::string http_answer(std::string_view body, std::string_view status = "200 OK", std::string_view fields = "");

/// Answers each request on a connection with the same.
ScriptedServer::Script always(std::string answer);

/// What follows the empty line.
std::string body_of(std::string_view request);

/// A server's TLS with a key and a self-signed certificate made on the spot for `name`, such as
/// "DNS:localhost".
class TlsServerContext {
 public:
  explicit TlsServerContext(const std::string& name);
  TlsServerContext(const TlsServerContext&) = delete;
  ~TlsServerContext();
  SSL_CTX* get() const { return context_; }
  const std::string& certificate_pem() const { return pem_; }

 private:
  SSL_CTX* context_;
  std::string pem_;
};

}  // namespace activitytrack::test
