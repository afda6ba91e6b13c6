#include "server/accounts/secret_token.hpp"

#include "core/text.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace activitytrack::server {
namespace {

constexpr std::array<std::string_view, 7> prefixes{"atm_", "ate_", "atp_", "ats_", "atd_", "atu_", "ato_"};
constexpr std::size_t prefix_chars = 4, id_chars = 16, secret_bytes = 32, secret_chars = 43;
constexpr std::size_t token_chars = prefix_chars + id_chars + 1 + secret_chars;
constexpr std::chrono::minutes use_noted_each{5};
constexpr int base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string_view prefix_of(SecretKind kind) { return prefixes[static_cast<std::size_t>(kind)]; }

/// Chooses the quickest code for this processor, and opens the source of randomness.
void need_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error("libsodium finds no source of randomness");
}

std::string random_text() {
  need_sodium();
  unsigned char bytes[secret_bytes];
  randombytes_buf(bytes, sizeof bytes);
  char text[secret_chars + 1];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, base64);
  sodium_memzero(bytes, sizeof bytes);
  return text;
}

}  // namespace

std::optional<SecretToken> parse_secret(std::string_view text) noexcept {
  if (text.size() != token_chars || text[prefix_chars + id_chars] != '_') return std::nullopt;
  const auto prefix = std::ranges::find(prefixes, text.substr(0, prefix_chars));
  const auto id = parse_id(text.substr(prefix_chars, id_chars));
  if (prefix == prefixes.end() || !id) return std::nullopt;
  return SecretToken{static_cast<SecretKind>(prefix - prefixes.begin()), *id, text};
}

SecretHash hash_secret(std::string_view text) noexcept {
  need_sodium();
  SecretHash hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  return hash;
}

bool is_same_hash(const SecretHash& hash, std::string_view stored) noexcept {
  return stored.size() == hash.size() && sodium_memcmp(hash.data(), stored.data(), hash.size()) == 0;
}

Bytes stored_hash(const SecretHash& hash) {
  return {std::string(reinterpret_cast<const char*>(hash.data()), hash.size())};
}

NewSecret make_secret(SecretKind kind) {
  NewSecret secret{.id = random_id()};
  secret.text = std::string(prefix_of(kind)) + format_id(secret.id) + "_" + random_text();
  secret.hash = stored_hash(hash_secret(secret.text));
  return secret;
}

Result<NewSecret> add_secret(Database& database, SecretKind kind, std::string_view sql,
                             std::initializer_list<SqlValue> more) {
  NewSecret secret = make_secret(kind);
  std::vector<SqlValue> values{secret.id, secret.hash};
  values.insert(values.end(), more);
  const auto added = database.run(sql, values, nullptr);
  if (!added) return added.error();
  return secret;
}

Result<void> need_maker(Database& database, const Maker& maker) {
  if (maker.token == 0) return {};
  const auto there = database.finds("SELECT 1 FROM api_tokens WHERE id = $1", {maker.token});
  if (!there) return there.error();
  return *there ? Result<void>() : Error{ErrorCode::unauthorized, "this token has ended"};
}

Result<Ended> end_orphans(Database& database) {
  Ended ended;
  while (true) {
    const auto tokens =
        database.run("DELETE FROM api_tokens WHERE parent <> 0 AND parent NOT IN (SELECT id FROM api_tokens)");
    if (!tokens) return tokens.error();
    if (*tokens == 0) break;
    ended.tokens += *tokens;
  }
  const auto enrolment =
      database.run("DELETE FROM enrolment_tokens WHERE parent <> 0 AND parent NOT IN (SELECT id FROM api_tokens)");
  if (!enrolment) return enrolment.error();
  ended.enrolment_tokens = *enrolment;
  return ended;
}

void note_use(Database& database, std::string_view sql, std::int64_t id, std::optional<Time> last, Time now) {
  if (last && now - *last < use_noted_each) return;
  // Who asks is let in also where that cannot be noted.
  [[maybe_unused]] const auto noted = database.run(sql, {id, now});
}

std::int64_t random_id() noexcept {
  need_sodium();
  std::int64_t id = 0;
  while (id == 0) {
    randombytes_buf(&id, sizeof id);
    id &= INT64_MAX;
  }
  return id;
}

std::string format_id(std::int64_t id) {
  char digits[id_chars];
  const auto end = std::to_chars(digits, digits + id_chars, static_cast<std::uint64_t>(id), 16).ptr;
  const std::string text(digits, end);
  return std::string(id_chars - text.size(), '0') + text;
}

std::optional<std::int64_t> parse_id(std::string_view text) noexcept {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != id_chars || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto id = parse_number<std::int64_t>(text, 16);
  return id == 0 ? std::nullopt : id;
}

}  // namespace activitytrack::server
