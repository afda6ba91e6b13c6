#pragma once

#include "server/database/database.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace activitytrack::server {

/// What a secret that the server gave out is for; each kind begins with its own letters.
enum class SecretKind {
  machine,    ///< atm_: a machine's credential
  enrolment,  ///< ate_: to be traded for one
  person,     ///< atp_: a person's API token
  session,    ///< ats_: in the cookie of who is signed in
  device,     ///< atd_: in the cookie of a browser that signed in before
  setup,      ///< atu_: in the link that makes the first user
  openid,     ///< ato_: in the cookie of who begins to sign in by OpenID Connect
};

/// BLAKE2b-256 of a secret's whole text. Secrets are 256 random bits, so no slow hash is needed.
using SecretHash = std::array<unsigned char, 32>;

/// A secret as it was shown, always of 64 characters: "atm_", its id in 16 hexadecimal digits, "_", and 32
/// random bytes in base64url. The id finds the row in the database, and is no secret.
struct SecretToken {
  SecretKind kind = SecretKind::machine;
  std::int64_t id = 0;
  std::string_view text;
};

/// nullopt for what cannot be one. Whether it is good is another question.
std::optional<SecretToken> parse_secret(std::string_view text) noexcept;

SecretHash hash_secret(std::string_view text) noexcept;

/// Takes the same time wherever they differ.
bool is_same_hash(const SecretHash& hash, std::string_view stored) noexcept;

/// The form in which it is stored.
Bytes stored_hash(const SecretHash& hash);

/// A new secret: `text` is shown once, to its owner, and kept nowhere.
struct NewSecret {
  std::int64_t id = 0;
  std::string text{};
  Bytes hash{};
};
NewSecret make_secret(SecretKind kind);

/// Who makes a secret that is good for long: it ends with them, and is good for no longer than what they came by.
struct Maker {
  std::int64_t user = 0;   ///< 0: nobody that has an account, as by a command
  std::int64_t token = 0;  ///< the API token that they came by; 0: none
  Time token_ends = Time::max();
};

/// `unauthorized` if the token that they came by has ended meanwhile. Within the transaction of what they make.
Result<void> need_maker(Database& database, const Maker& maker);

/// So much was ended.
struct Ended {
  std::int64_t sessions = 0;
  std::int64_t tokens = 0;
  std::int64_t enrolment_tokens = 0;

  Ended& operator+=(const Ended& more) {
    sessions += more.sessions, tokens += more.tokens, enrolment_tokens += more.enrolment_tokens;
    return *this;
  }
};

/// Ends the tokens and enrolment tokens whose maker's token is gone, and what was made by these in turn.
Result<Ended> end_orphans(Database& database);

/// A page of rows, the newest first: at most `limit` of those older than the row of this time and id.
struct NewestFirst {
  Time at = Time::max();
  std::int64_t id = 0;
  std::size_t limit = INT64_MAX;
};

/// Makes one, and keeps it by an INSERT of its id, $1, its hash, $2, and `more`.
Result<NewSecret> add_secret(Database& database, SecretKind kind, std::string_view sql,
                             std::initializer_list<SqlValue> more);

/// What `read` makes of the row of a secret; nullopt if there is none, or its hash is another one. `sql` finds the row
/// by the secret's id, $1, and selects the hash as `hash_column`.
template <class Read, class Row = std::invoke_result_t<Read&, const SqlRow&>>
Result<std::optional<Row>> find_by_secret(Database& database, std::string_view sql, int hash_column,
                                          const SecretToken& token, Read read) {
  std::optional<Row> found;
  const auto done = database.run(sql, {token.id}, [&](const SqlRow& row) {
    if (is_same_hash(hash_secret(token.text), row.text(hash_column))) found = read(row);
  });
  if (!done) return done.error();
  return found;
}

/// Notes a use of a session or token by `sql`, which sets a time, $2, in the row of an id, $1: each five minutes, so
/// that reading does not mean writing. `last` is the use that was noted before.
void note_use(Database& database, std::string_view sql, std::int64_t id, std::optional<Time> last, Time now);

/// A random id of a row: from 1 to 2^63 - 1.
std::int64_t random_id() noexcept;

/// An id as people and URLs have it: 16 hexadecimal digits.
std::string format_id(std::int64_t id);
std::optional<std::int64_t> parse_id(std::string_view text) noexcept;

}  // namespace activitytrack::server
