#include "server/fleet/webhook_settings.hpp"

#include "net/address.hpp"
#include "net/digest.hpp"
#include "server/fleet/attention.hpp"

#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_url_bytes = 2'000;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

Result<void> forget_all(Database& database) { return database.execute("DELETE FROM webhook_told"); }

/// What was told of other causes than these.
Result<void> forget_others(Database& database, const std::vector<std::string>& wanted) {
  const auto told = select_texts(database, "SELECT DISTINCT cause FROM webhook_told");
  if (!told) return told.error();
  for (const std::string& cause : *told) {
    if (std::ranges::find(wanted, cause) != wanted.end()) continue;
    if (auto gone = database.execute("DELETE FROM webhook_told WHERE cause = $1", {cause}); !gone) return gone;
  }
  return {};
}

}  // namespace

std::string make_webhook_secret() {
  std::array<unsigned char, 32> random;
  randombytes_buf(random.data(), random.size());
  std::array<char, sodium_base64_ENCODED_LEN(random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING)> text;
  return std::string("whs_") + sodium_bin2base64(text.data(), text.size(), random.data(), random.size(),
                                                 sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Result<std::optional<WebhookSettings>> find_webhook(Database& database) {
  return select_one(database, "SELECT url, causes, secret FROM webhook WHERE id = 1", {}, [](const SqlRow& row) {
    return WebhookSettings{std::string(row.text(0)), words_of(row.text(1)), std::string(row.text(2))};
  });
}

Result<void> set_webhook(Database& database, const WebhookSettings& settings) {
  const auto before = find_webhook(database);
  if (!before) return before.error();
  const bool is_other = !*before || (*before)->url != settings.url;
  const auto forgotten = is_other ? forget_all(database) : forget_others(database, settings.causes);
  if (!forgotten) return forgotten;
  return database.execute(
      "INSERT INTO webhook(id, url, causes, secret) VALUES(1, $1, $2, $3) ON CONFLICT(id) DO UPDATE SET"
      " url = excluded.url, causes = excluded.causes, secret = excluded.secret",
      {settings.url, joined(settings.causes), settings.secret});
}

Result<bool> remove_webhook(Database& database) {
  if (auto forgotten = forget_all(database); !forgotten) return forgotten.error();
  return database.changes_one("DELETE FROM webhook WHERE id = $1", {1});
}

Result<Url> check_webhook_url(std::string_view text, bool private_allowed) {
  const auto url = parse_url(text);
  if (!url || text.size() > max_url_bytes || !url->user.empty() || !url->password.empty() ||
      text.find('#') != text.npos)
    return Error{ErrorCode::invalid_input, "url: must be https://HOST[:PORT]/PATH, without a user"};
  if (!is_trustworthy(*url))
    return Error{ErrorCode::invalid_input, "url: must be https; http only at the server's own localhost"};
  const bool is_private = !address_bytes(url->host).empty() && !is_public_address(url->host);
  if (is_private && !is_loopback(*url) && !private_allowed)
    return Error{ErrorCode::invalid_input,
                 "url: is an address of a private network, which the server's setting "
                 "webhook_private must allow"};
  return *url;
}

std::string webhook_signature(std::string_view secret, Time now, std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::string time = std::to_string(seconds);
  const std::string hash = hmac_sha256(secret, time + '.' + std::string(body));
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(hash.data()), hash.size());
  hex.pop_back();
  return "t=" + time + ",v1=" + hex;
}

}  // namespace activitytrack::server
