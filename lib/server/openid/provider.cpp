#include "server/openid/provider.hpp"

#include "core/json_reader.hpp"
#include "core/text.hpp"
#include "net/digest.hpp"
#include "server/openid/id_token.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t max_answer_bytes = 256 << 10;
constexpr std::chrono::seconds one_answer{5};
constexpr std::chrono::minutes kept{10}, keys_asked_each{1}, outage_told_each{1};
constexpr std::size_t max_shown = 200;

HttpClientOptions client_options(const OpenIdOptions& options) {
  HttpClientOptions client;
  client.user_agent = "activitytrack-server";
  client.ca_file = options.ca_file;
  client.timeouts = {one_answer, one_answer, one_answer, one_answer, one_answer, one_answer};
  client.max_body_bytes = max_answer_bytes;
  client.redirects_are_answers = true;
  return client;
}

std::string base64url(std::string_view bytes) {
  std::string text = base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::ranges::find(text, '='), text.end());
  return text;
}

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text.append(name).append("=").append(percent_encode(value));
  }
  return text;
}

Error provider_error(std::string_view what) {
  return {ErrorCode::unavailable, "the sign-in service " + std::string(what)};
}

bool lists(const json::object& document, std::string_view name, std::string_view word) {
  const auto texts = claim_texts(document, name);
  return std::ranges::find(texts, word) != texts.end();
}

}  // namespace

SignInSecrets sign_in_secrets(std::string_view secret) {
  const auto made = [&](std::string_view what) { return base64url(hmac_sha256(secret, what)); };
  return {made("state"), made("nonce"), made("verifier")};
}

OpenIdProvider::OpenIdProvider(OpenIdOptions options)
    : options_(std::move(options)), client_(client_options(options_)) {}

Result<std::string> OpenIdProvider::sign_in_url(const SignInSecrets& secrets, Time now) {
  const std::lock_guard lock(mutex_);
  if (auto known = discover(now); !known) return known.error();
  std::string url = metadata_->authorization;
  url += url.find('?') == url.npos ? '?' : '&';
  return url + form({{"response_type", "code"},
                     {"client_id", options_.client_id},
                     {"redirect_uri", options_.redirect_url},
                     {"scope", options_.scopes},
                     {"state", secrets.state},
                     {"nonce", secrets.nonce},
                     {"code_challenge", base64url(sha256(secrets.verifier))},
                     {"code_challenge_method", "S256"}});
}

Result<json::object> OpenIdProvider::claims_of(const ProviderAnswer& answer, const SignInSecrets& secrets, Time now) {
  const std::lock_guard lock(mutex_);
  if (auto known = discover(now); !known) return known.error();
  const bool says_wrong = answer.issuer.empty() ? metadata_->names_itself : answer.issuer != options_.issuer;
  if (says_wrong) return Error{ErrorCode::unauthorized, "the answer is not of the service that was asked"};
  const auto tokens = trade(answer.code, secrets.verifier);
  if (!tokens) return tokens.error();
  auto claims = check(json_text(*tokens, "id_token"), secrets.nonce, now);
  if (!claims || !lacks_claims(*claims)) return claims;
  if (auto added = add_userinfo(*claims, json_text(*tokens, "access_token")); !added) return added.error();
  return claims;
}

bool OpenIdProvider::tells_outage(Time now) noexcept {
  Time told = outage_told_at_;
  const bool is_new = told == Time::min() || now < told || now - told >= outage_told_each;
  return is_new && outage_told_at_.compare_exchange_strong(told, now);
}

Result<json::object> OpenIdProvider::ask(HttpRequest request) {
  const auto response = client_.send(request);
  if (!response) return provider_error("cannot be asked: " + response.error().message);
  auto body = parse_json_object(response->body);
  if (response->status / 100 == 4) {
    const std::string error = body ? json_text(*body, "error") : "";
    return Error{ErrorCode::unauthorized, "the sign-in service refused: " + std::to_string(response->status) + " " +
                                              clean_utf8(error, max_shown)};
  }
  if (response->status != 200) return provider_error("answered " + std::to_string(response->status));
  if (!body) return provider_error("answered with what is no JSON object");
  return std::move(*body);
}

Result<std::string> OpenIdProvider::endpoint(const json::object& document, std::string_view name) const {
  std::string text = json_text(document, name);
  const auto url = parse_url(text);
  if (url && is_trustworthy(*url) && !has_control_characters(text)) return text;
  return provider_error("says no https " + std::string(name));
}

/// Learns the provider's addresses, unless they are known.
Result<void> OpenIdProvider::discover(Time now) {
  if (metadata_ && now - metadata_at_ < kept && now >= metadata_at_) return {};
  std::string place = options_.issuer;
  if (place.ends_with('/')) place.pop_back();
  const auto url = parse_url(place + "/.well-known/openid-configuration");
  if (!url) return url.error();
  const auto document = ask({.url = *url, .fields = {{"Accept", "application/json"}}});
  if (!document) return provider_error("cannot be asked: " + document.error().message);
  if (json_text(*document, "issuer") != options_.issuer) return provider_error("says that it is another issuer");
  Metadata found;
  for (const auto& [name, member] :
       {std::pair("authorization_endpoint", &Metadata::authorization), std::pair("token_endpoint", &Metadata::token),
        std::pair("jwks_uri", &Metadata::keys)}) {
    auto text = endpoint(*document, name);
    if (!text) return text.error();
    found.*member = std::move(*text);
  }
  found.userinfo = endpoint(*document, "userinfo_endpoint").value_or("");
  const auto* names_itself = document->if_contains("authorization_response_iss_parameter_supported");
  found.names_itself = names_itself && names_itself->is_bool() && names_itself->get_bool();
  constexpr std::string_view methods = "token_endpoint_auth_methods_supported";
  found.takes_basic =
      lists(*document, methods, "client_secret_basic") || !lists(*document, methods, "client_secret_post");
  metadata_ = std::move(found);
  metadata_at_ = now;
  keys_.clear();
  return {};
}

Result<json::object> OpenIdProvider::trade(const std::string& code, const std::string& verifier) {
  HttpRequest request{.method = "POST", .url = parse_url(metadata_->token).value()};
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = form({{"grant_type", "authorization_code"},
                       {"code", code},
                       {"redirect_uri", options_.redirect_url},
                       {"code_verifier", verifier},
                       {"client_id", options_.client_id}});
  const std::string& secret = options_.client_secret;
  if (!secret.empty() && metadata_->takes_basic) {
    const std::string pair = percent_encode(options_.client_id) + ":" + percent_encode(secret);
    request.fields.emplace_back("Authorization", "Basic " + base64(pair));
  } else if (!secret.empty()) {
    request.body += "&" + form({{"client_secret", secret}});
  }
  return ask(std::move(request));
}

Result<void> OpenIdProvider::load_keys(Time now) {
  const auto keys = ask({.url = parse_url(metadata_->keys).value()});
  keys_at_ = now;
  if (!keys) return provider_error("shows no keys: " + keys.error().message);
  keys_ = json::serialize(*keys);
  return {};
}

/// With the provider's keys; they are asked for again, at most once a minute, when none of them fits.
Result<json::object> OpenIdProvider::check(const std::string& token, const std::string& nonce, Time now) {
  const bool was_known = !keys_.empty();
  if (!was_known) {
    if (auto loaded = load_keys(now); !loaded) return loaded.error();
  }
  const ExpectedToken expected{options_.issuer, options_.client_id, nonce, now};
  auto claims = check_id_token(token, keys_, expected);
  const bool is_unknown_key = !claims && claims.error().code == ErrorCode::not_found;
  if (is_unknown_key && was_known && now - keys_at_ >= keys_asked_each) {
    if (auto loaded = load_keys(now); !loaded) return loaded.error();
    claims = check_id_token(token, keys_, expected);
  }
  if (!claims) return Error{ErrorCode::unauthorized, claims.error().message};
  return claims;
}

/// Whether what the table of roles or the name goes by may be had only from the userinfo endpoint.
bool OpenIdProvider::lacks_claims(const json::object& claims) const {
  if (metadata_->userinfo.empty()) return false;
  if (claim_texts(claims, options_.name_claim).empty()) return true;
  return std::ranges::any_of(options_.rules,
                             [&](const RoleRule& rule) { return claim_texts(claims, rule.claim).empty(); });
}

/// Claims of the token itself stay as they are.
Result<void> OpenIdProvider::add_userinfo(json::object& claims, const std::string& access_token) {
  if (access_token.empty() || has_control_characters(access_token)) return {};
  HttpRequest request{.url = parse_url(metadata_->userinfo).value()};
  request.fields = {{"Authorization", "Bearer " + access_token}, {"Accept", "application/json"}};
  const auto more = ask(std::move(request));
  if (!more) return more.error();
  if (json_text(*more, "sub") != json_text(claims, "sub"))
    return Error{ErrorCode::unauthorized, "the sign-in service answered about somebody else"};
  for (const auto& [name, value] : *more) claims.emplace(name, value);
  return {};
}

}  // namespace activitytrack::server
