#include "server/accounts/enrolment.hpp"

#include "server/accounts/credentials.hpp"
#include "server/database/database.hpp"
#include "server/events/erasures.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

constexpr std::chrono::days kept_after_end{31};

EnrolmentToken read_enrolment_token(const SqlRow& row) {
  return {.id = row.integer(0),
          .label = std::string(row.text(1)),
          .created_at = row.time(2),
          .expires_at = row.time(3),
          .uses = row.integer(4),
          .uses_left = row.integer(5),
          .may_replace = row.integer(6) != 0};
}

/// Notes that the machine is enrolled, if this token may.
Result<void> claim_machine(Database& database, const std::string& machine_id, bool may_replace, Time now) {
  const auto is_new = database.run(
      "INSERT INTO enrolled_machines(machine_id, enrolled_at) VALUES($1, $2) ON CONFLICT(machine_id) DO "
      "NOTHING",
      {machine_id, now});
  if (!is_new) return is_new.error();
  // After that row is written, for it waits for an erasure that is just beginning.
  const auto erased = is_being_erased(database, machine_id);
  if (!erased) return erased.error();
  if (*erased) return Error{ErrorCode::conflict, "this machine is being erased; try again in a minute"};
  if (*is_new > 0) return {};
  if (!may_replace) {
    return Error{
        ErrorCode::already_exists,
        "this machine_id is enrolled already; ask for a token made with --replace, or choose another machine_id"};
  }
  const auto changed =
      database.execute("UPDATE enrolled_machines SET enrolled_at = $2 WHERE machine_id = $1", {machine_id, now});
  if (!changed) return changed.error();
  if (auto revoked = revoke_credentials(database, machine_id, now); !revoked) return revoked.error();
  return {};
}

}  // namespace

Result<NewSecret> create_enrolment_token(Database& database, const EnrolmentToken& wanted, Time now) {
  const auto tidied = database.execute("DELETE FROM enrolment_tokens WHERE expires_at < $1", {now - kept_after_end});
  if (!tidied) return tidied.error();
  return add_secret(
      database, SecretKind::enrolment,
      "INSERT INTO enrolment_tokens(id, hash, label, created_at, expires_at, uses, uses_left, may_replace)"
      " VALUES($1, $2, $3, $4, $5, $6, $6, $7)",
      {wanted.label, now, wanted.expires_at, wanted.uses, std::int64_t{wanted.may_replace}});
}

Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Database& database) {
  return select_all(database,
                    "SELECT id, label, created_at, expires_at, uses, uses_left, may_replace FROM enrolment_tokens"
                    " ORDER BY created_at DESC, id",
                    {}, read_enrolment_token);
}

Result<void> revoke_enrolment_token(Database& database, std::int64_t id) {
  const auto removed = database.run("DELETE FROM enrolment_tokens WHERE id = $1", {id});
  if (!removed) return removed.error();
  if (*removed == 0) return Error{ErrorCode::not_found, "there is no enrolment token " + format_id(id)};
  return {};
}

Result<std::optional<EnrolmentToken>> find_enrolment_token(Database& database, const SecretToken& token, Time now) {
  auto found = find_by_secret(
      database,
      "SELECT id, label, created_at, expires_at, uses, uses_left, may_replace, hash FROM enrolment_tokens"
      " WHERE id = $1",
      7, token, read_enrolment_token);
  if (found && *found && ((*found)->expires_at <= now || (*found)->uses_left < 1)) found->reset();
  return found;
}

Result<NewSecret> enrol_machine(Database& database, std::int64_t token, const std::string& machine_id, Time now) {
  const auto may_replace = select_one(
      database,
      "UPDATE enrolment_tokens SET uses_left = uses_left - 1 WHERE id = $1 AND uses_left > 0 AND expires_at > $2"
      " RETURNING may_replace",
      {token, now}, [](const SqlRow& row) { return row.integer(0) != 0; });
  if (!may_replace) return may_replace.error();
  if (!*may_replace) return Error{ErrorCode::unauthorized, "the enrolment token has expired or is used up"};
  if (auto claimed = claim_machine(database, machine_id, **may_replace, now); !claimed) return claimed.error();
  return add_credential(database, machine_id, now);
}

}  // namespace activitytrack::server
