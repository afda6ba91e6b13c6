#pragma once

#include "server/accounts/secret_token.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

// Machines' credentials, and enrolment tokens, which are traded for them. A machine has one, or two while it is given a
// new one: the old one is good until the new one is first used. Where a function says so, its caller holds the
// transaction (Database::transact), so that the audit's entry is written in the same.

namespace activitytrack::server {

struct Credential {
  std::int64_t id = 0;
  std::string machine_id{};
  Time created_at{};
  std::optional<Time> used_at{};  ///< when it was first used
};

/// Adds one, not used yet. Within a transaction, after deciding that the machine may have it.
Result<NewSecret> add_credential(Database& database, const std::string& machine_id, Time now);

/// The credential, if it is that one and has not been revoked.
Result<std::optional<Credential>> find_credential(Database& database, const SecretToken& token);

/// Notes the first use, and ends the machine's other credentials. Does nothing if it was ended in the
/// meantime.
Result<void> use_credential(Database& database, const Credential& credential, Time now);

/// A new one for the machine, beside `current`, with which it asked; a new one that it never used ends.
/// `unauthorized` if `current` has been revoked meanwhile. Within a transaction.
Result<NewSecret> rotate_credential(Database& database, std::int64_t current, const std::string& machine_id, Time now);

/// Ends all of a machine's. Returns how many there were. Within a transaction.
Result<std::int64_t> revoke_credentials(Database& database, const std::string& machine_id, Time now);

/// Those of one machine, or of all if it is "", that have not been revoked; by machine.
Result<std::vector<Credential>> list_credentials(Database& database, const std::string& machine_id);

/// The ids of those revoked after a version of the accounts, and the version up to which they are. Of a version
/// below 0, by which nobody was let in yet, no ids.
struct Revoked {
  std::vector<std::int64_t> ids;
  std::int64_t version = 0;
};
Result<Revoked> revoked_after(Database& database, std::int64_t version);

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

  /// Whether it is not among what forget() dropped lately: the last 50,000 at least.
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
  std::unordered_set<std::int64_t> revoked_, revoked_before_;  ///< two generations, so that they stay bounded
};

struct EnrolmentToken {
  std::int64_t id = 0;
  std::string label{};
  Time created_at{};
  Time expires_at{};
  std::int64_t uses = 1;
  std::int64_t uses_left = 1;
  bool may_replace = false;  ///< may give a credential to a machine that has one, which ends with it
  std::string made_by{};     ///< the person who made it; "" if nobody with an account
};

/// At most so many are good at a time.
constexpr std::int64_t max_enrolment_tokens = 1000;

/// Makes a token; `wanted` has its label, expires_at, uses and may_replace. It expires with the API token that makes
/// it, if that is sooner, and ends with it. `conflict` if there are too many, `unauthorized` if the maker's has ended.
Result<NewSecret> create_enrolment_token(Database& database, const EnrolmentToken& wanted, Time now,
                                         const Maker& maker = {});

/// Those that are kept. One stays for a month after its end, unless the person or token that made it ends.
Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Database& database, const NewestFirst& page = {});

/// Returns it as it was. Machines that it enrolled stay. not_found if there is none.
Result<EnrolmentToken> revoke_enrolment_token(Database& database, std::int64_t id);

/// The token. `unauthorized` if it is not known, or cannot be used any more; only who holds it learns which.
Result<EnrolmentToken> find_enrolment_token(Database& database, const SecretToken& token, Time now);

/// Trades a use of the token for a credential. Errors: `already_exists` if the machine has been enrolled before and the
/// token may not replace it, `conflict` if it is being erased, `unauthorized` if the token cannot be used any more.
/// Within a transaction.
Result<NewSecret> enrol_machine(Database& database, std::int64_t token, const std::string& machine_id, Time now);

}  // namespace activitytrack::server
