#pragma once

#include "server/http/ticket_keys.hpp"

#include <activitytrack/core/result.hpp>

#include <memory>
#include <string>

typedef struct ssl_ctx_st SSL_CTX;

namespace activitytrack::server {

/// The files of a server's TLS, all PEM but the last.
struct TlsFiles {
  std::string certificate;  ///< with its chain
  std::string key;          ///< not locked by a password
  std::string ticket_keys;  ///< "": keys of this process's own
};

/// TLS 1.2 and 1.3 with forward secrecy alone; no renegotiation, no compression, no early data. Sessions are
/// resumed by tickets, for a day; nothing is kept of them here.
class TlsContext {
 public:
  /// `before` is what was in use until now: its tickets stay good where the keys are this process's own.
  static Result<std::shared_ptr<const TlsContext>> make(const TlsFiles& files, const TlsContext* before = nullptr);

  TlsContext(const TlsContext&) = delete;

  /// Lives as long as this.
  SSL_CTX* native() const { return context_.get(); }

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
