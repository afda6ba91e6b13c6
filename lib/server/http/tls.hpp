#pragma once

#include <activitytrack/core/result.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

typedef struct ssl_ctx_st SSL_CTX;

namespace activitytrack::server {

/// A key that encrypts TLS session tickets, and with which recorded TLS 1.2 sessions can be decrypted.
struct TicketKey {
  std::array<unsigned char, 16> name;
  std::array<unsigned char, 32> mac;
  std::array<unsigned char, 32> cipher;
};

/// The first encrypts new tickets; all decrypt old ones.
using TicketKeys = std::vector<TicketKey>;

/// One key that nobody else has.
Result<TicketKeys> make_ticket_keys();

/// Reads 80 bytes for each key, as nginx and haproxy have them: `openssl rand 80 > FILE`.
Result<TicketKeys> read_ticket_keys(const std::string& path);

/// The files of a server's TLS, all PEM but the last.
struct TlsFiles {
  std::string certificate;  ///< with its chain
  std::string key;          ///< not locked by a password
  std::string ticket_keys;  ///< "": keys of this process's own
};

/// TLS 1.2 and 1.3, only with forward secrecy; no renegotiation, no compression, no early data. Sessions are resumed by
/// tickets, for a day; nothing is kept of them here.
class TlsContext {
 public:
  /// `before` is what was in use until now: its tickets stay good where the keys are this process's own.
  static Result<std::shared_ptr<const TlsContext>> make(const TlsFiles& files, const TlsContext* before = nullptr);

  TlsContext(const TlsContext&) = delete;

  /// Lives as long as this.
  SSL_CTX* native() const { return context_.get(); }

  /// When the certificate is no longer good.
  std::chrono::sys_seconds expires() const;

  const TicketKeys& ticket_keys() const { return keys_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const noexcept;
  };

  TlsContext();
  Result<void> load(const TlsFiles& files);

  std::unique_ptr<SSL_CTX, Free> context_;
  TicketKeys keys_;
};

}  // namespace activitytrack::server
