#pragma once

#include "server/accounts/secret_token.hpp"

#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace activitytrack::server {

/// The machines' credentials that this server has seen, so that letting one in costs a hash and a look-up.
/// Callable from any thread.
class CredentialCache {
 public:
  struct Found {
    std::string machine_id;
    std::int64_t version;
  };

  /// At most `capacity` are kept.
  explicit CredentialCache(std::size_t capacity = 250'000) : capacity_(capacity) {}

  bool contains(std::int64_t id) const;

  /// nullopt if it is not known by this hash.
  std::optional<Found> find(std::int64_t id, const SecretHash& hash) const;

  /// The version of the accounts that all in here is of; -1 as long as none is known.
  std::int64_t version() const;

  /// Keeps what was read of a credential that was good. `version` is version() from before reading it. False,
  /// and nothing is kept, if that has changed since: it may have been revoked in between.
  bool keep(std::int64_t id, const SecretHash& hash, std::string machine_id, std::int64_t version);

  /// Drops what was revoked up to a version.
  void forget(std::span<const std::int64_t> revoked, std::int64_t version);

  /// Whether forget() has not been told of it lately: of 50,000 revocations at least.
  bool still_good(std::int64_t id) const;

 private:
  struct Known {
    SecretHash hash;
    std::string machine_id;
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Known> known_;
  std::int64_t version_ = -1;
  std::unordered_set<std::int64_t> revoked_,
      revoked_before_;  ///< two generations, so that they do not grow for ever
};

}  // namespace activitytrack::server
