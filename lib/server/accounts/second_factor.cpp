#include "server/accounts/second_factor.hpp"

#include "core/text.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/events/event_row.hpp"

#include <sodium.h>

#include <liboath/oath.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace activitytrack::server {
namespace {

constexpr std::size_t totp_secret_bytes = 20;  // of HMAC-SHA-1, which is all that every app knows
constexpr std::size_t code_digits = 6, recovery_bytes = 10, max_code_bytes = 64;
constexpr std::size_t steps_around = 1;  // that a clock may be off

bool ready() {
  static const bool done = ::oath_init() == OATH_OK && sodium_init() >= 0;
  return done;
}

std::string base32(std::string_view bytes) {
  char* text = nullptr;
  std::size_t size = 0;
  if (::oath_base32_encode(bytes.data(), bytes.size(), &text, &size) != OATH_OK) return {};
  const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
  std::string made(text, size);
  made.erase(std::ranges::find(made, '='), made.end());
  return made;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

/// As it was typed: without what people put between its parts, in capitals.
std::string plain(std::string_view code) {
  std::string text;
  for (const char c : code.substr(0, max_code_bytes)) {
    if (c == ' ' || c == '-') continue;
    text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

Bytes recovery_hash(std::int64_t user, std::string_view code) {
  return stored_hash(hash_secret("recovery\n" + format_id(user) + "\n" + std::string(code)));
}

/// The step of 30 s whose code this is, near now; nullopt if it is none's.
std::optional<std::int64_t> step_of(std::string_view secret, const std::string& code, Time now) {
  int position = 0;
  std::uint64_t step = 0;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const int found = ::oath_totp_validate4(secret.data(), secret.size(), static_cast<time_t>(seconds),
                                          OATH_TOTP_DEFAULT_TIME_STEP_SIZE, OATH_TOTP_DEFAULT_START_TIME, steps_around,
                                          &position, &step, 0, code.c_str());
  return found >= 0 ? std::optional(static_cast<std::int64_t>(step)) : std::nullopt;
}

}  // namespace

std::optional<SecondFactorRule> parse_second_factor_rule(std::string_view word) noexcept {
  return parse_enum<SecondFactorRule>(second_factor_rules, word);
}

bool needs_second_factor(SecondFactorRule rule, Role role) noexcept {
  return rule == SecondFactorRule::all || (rule == SecondFactorRule::admins && role == Role::admin);
}

Result<NewSecondFactor> enrol_second_factor(Database& database, std::int64_t user, std::string_view name) {
  if (!ready()) return Error{ErrorCode::unavailable, "liboath cannot be used"};
  const std::string secret = random_bytes(totp_secret_bytes);
  auto kept = database.must_change(
      "INSERT INTO second_factors(user_id, secret, in_force, last_step) VALUES($1, $2, 0, 0)"
      " ON CONFLICT(user_id) DO UPDATE SET secret = $2 WHERE second_factors.in_force = 0",
      {user, Bytes{secret}}, {ErrorCode::conflict, "there is a second factor already; have it reset first"});
  if (!kept) return kept.error();
  const std::string text = base32(secret);
  return NewSecondFactor{
      text, "otpauth://totp/activitytrack:" + percent_encode(name) + "?secret=" + text + "&issuer=activitytrack"};
}

Result<SecondFactorState> second_factor_of(Database& database, std::int64_t user) {
  const auto in_force = select_one(database, "SELECT in_force FROM second_factors WHERE user_id = $1", {user},
                                   [](const SqlRow& row) { return row.flag(0); });
  if (!in_force) return in_force.error();
  if (!*in_force) return SecondFactorState::none;
  return **in_force ? SecondFactorState::in_force : SecondFactorState::enrolled;
}

Result<CodeUse> use_code(Database& database, std::int64_t user, std::string_view code, Time now) {
  const std::string text = plain(code);
  if (text.size() != code_digits) {
    const auto used = database.changes_one("DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2",
                                           {user, recovery_hash(user, text)});
    if (!used) return used.error();
    return *used ? CodeUse::recovery_code : CodeUse::wrong;
  }
  const auto secret = select_one(database, "SELECT secret FROM second_factors WHERE user_id = $1", {user},
                                 [](const SqlRow& row) { return std::string(row.text(0)); });
  if (!secret) return secret.error();
  const auto step = *secret && ready() ? step_of(**secret, text, now) : std::nullopt;
  if (!step) return CodeUse::wrong;
  // Each step's code once, and none before it: who saw one being typed cannot use it.
  const auto used = database.changes_one(
      "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2", {user, *step});
  if (!used) return used.error();
  return *used ? CodeUse::code : CodeUse::wrong;
}

Result<std::vector<std::string>> confirm_second_factor(Database& database, std::int64_t user, Time now) {
  auto in_force = database.execute("UPDATE second_factors SET in_force = 1 WHERE user_id = $1", {user});
  if (!in_force) return in_force.error();
  if (auto dropped = database.execute("DELETE FROM recovery_codes WHERE user_id = $1", {user}); !dropped)
    return dropped.error();
  std::vector<std::string> codes;
  while (codes.size() < recovery_codes) {
    const std::string code = base32(random_bytes(recovery_bytes));
    auto kept = database.execute("INSERT INTO recovery_codes(id, user_id, hash, created_at) VALUES($1, $2, $3, $4)",
                                 {random_id(), user, recovery_hash(user, code), now});
    if (!kept) return kept.error();
    codes.push_back(code.substr(0, 4) + "-" + code.substr(4, 4) + "-" + code.substr(8, 4) + "-" + code.substr(12));
  }
  return codes;
}

Result<void> reset_second_factor(Database& database, std::int64_t user) {
  auto dropped = database.execute("DELETE FROM recovery_codes WHERE user_id = $1", {user});
  if (!dropped) return dropped;
  return database.must_change("DELETE FROM second_factors WHERE user_id = $1", {user},
                              {ErrorCode::not_found, "there is no second factor"});
}

}  // namespace activitytrack::server
