#include "server/openid/id_token.hpp"

#include "core/json_reader.hpp"
#include "core/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cjose/cjose.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace activitytrack::server {
namespace {

namespace json = boost::json;

constexpr std::size_t max_token_bytes = 64 << 10, max_subject_bytes = 255, max_keys = 64, min_rsa_bits = 2048;
constexpr std::chrono::seconds leeway{60};

Error refused(std::string_view what) { return {ErrorCode::unauthorized, "the ID token " + std::string(what)}; }

/// What is signed by whom. Neither `none` nor a secret that both sides know (HS256) is among them: a public key could
/// be taken for one.
struct Algorithm {
  std::string_view name, key_type, curve;
};
constexpr Algorithm algorithms[] = {{"RS256", "RSA", ""}, {"PS256", "RSA", ""}, {"ES256", "EC", "P-256"}};

using Jws = std::unique_ptr<cjose_jws_t, decltype(&cjose_jws_release)>;
using Jwk = std::unique_ptr<cjose_jwk_t, decltype(&cjose_jwk_release)>;

std::string header_text(cjose_jws_t* jws, const char* name) {
  cjose_err ignored;
  const char* text = cjose_header_get(cjose_jws_get_protected(jws), name, &ignored);
  return text ? text : "";
}

/// Whether a key is for that algorithm, and the one that the token names.
bool fits(const json::object& key, const Algorithm& algorithm, std::string_view id) {
  const auto is_or_none = [&](std::string_view name, std::string_view wanted) {
    return !key.contains(name) || json_text(key, name) == wanted;
  };
  return json_text(key, "kty") == algorithm.key_type &&
         (algorithm.curve.empty() || json_text(key, "crv") == algorithm.curve) && is_or_none("use", "sig") &&
         is_or_none("alg", algorithm.name) && (id.empty() || json_text(key, "kid") == id);
}

bool is_signed_by(cjose_jws_t* jws, const json::object& key) {
  cjose_err ignored;
  const std::string text = json::serialize(key);
  const Jwk jwk(cjose_jwk_import(text.data(), text.size(), &ignored), &cjose_jwk_release);
  if (!jwk) return false;
  if (json_text(key, "kty") == "RSA" && cjose_jwk_get_keysize(jwk.get(), &ignored) < min_rsa_bits) return false;
  return cjose_jws_verify(jws, jwk.get(), &ignored);
}

Result<void> check_signature(cjose_jws_t* jws, std::string_view keys) {
  const auto algorithm = std::ranges::find(algorithms, header_text(jws, CJOSE_HDR_ALG), &Algorithm::name);
  if (algorithm == std::end(algorithms)) return refused("is not signed by RS256, PS256 or ES256");
  cjose_err ignored;
  if (std::unique_ptr<char, decltype(&free)>(cjose_header_get_raw(cjose_jws_get_protected(jws), "crit", &ignored),
                                             &free))
    return refused("asks for an extension that is not known here");
  const auto set = parse_json_object(keys);
  const auto* list = set ? set->if_contains("keys") : nullptr;
  if (!list || !list->is_array()) return refused("cannot be checked: the provider's keys are no JWK set");
  const std::string id = header_text(jws, CJOSE_HDR_KID);
  std::size_t tried = 0;
  for (const json::value& key : list->get_array()) {
    if (!key.is_object() || !fits(key.get_object(), *algorithm, id)) continue;
    if (++tried > max_keys) break;
    if (is_signed_by(jws, key.get_object())) return {};
  }
  // A token that names no key can be of a new one, too.
  if (tried == 0 || id.empty())
    return Error{ErrorCode::not_found, "the ID token is signed by a key that the provider does not show"};
  return refused("has a signature that is wrong");
}

bool is_for(const json::object& claims, std::string_view client_id) {
  const auto* audience = claims.if_contains("aud");
  if (!audience) return false;
  const std::string party = json_text(claims, "azp");
  if (claims.contains("azp") && party != client_id) return false;
  if (audience->is_string()) return audience->get_string() == client_id;
  if (!audience->is_array()) return false;
  const auto& all = audience->get_array();
  const bool named = std::ranges::any_of(
      all, [&](const json::value& one) { return one.is_string() && one.get_string() == client_id; });
  return named && (all.size() == 1 || party == client_id);
}

/// Seconds since 1970, as a NumericDate has them.
std::optional<Time> time_of(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value || !value->is_number()) return std::nullopt;
  const double seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
  return Time(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

Result<void> check_claims(const json::object& claims, const ExpectedToken& expected) {
  if (json_text(claims, "iss") != expected.issuer) return refused("is of another issuer");
  if (!is_for(claims, expected.client_id)) return refused("is for another client");
  const auto expires = time_of(claims, "exp"), issued = time_of(claims, "iat");
  if (!expires || *expires + leeway <= expected.now) return refused("has expired, or this server's clock is wrong");
  if (!issued || *issued > expected.now + leeway) return refused("is from the future, or this server's clock is wrong");
  if (json_text(claims, "nonce") != expected.nonce) return refused("belongs to another sign-in");
  const std::string subject = json_text(claims, "sub");
  if (subject.empty() || subject.size() > max_subject_bytes || has_control_characters(subject))
    return refused("names nobody");
  return {};
}

}  // namespace

Result<json::object> check_id_token(const std::string& token, std::string_view keys, const ExpectedToken& expected) {
  if (token.empty() || token.size() > max_token_bytes) return refused("is missing or too long");
  cjose_err ignored;
  const Jws jws(cjose_jws_import(token.data(), token.size(), &ignored), &cjose_jws_release);
  if (!jws) return refused("is no signed JWT");
  if (auto is_signed = check_signature(jws.get(), keys); !is_signed) return is_signed.error();
  std::uint8_t* text = nullptr;  // the JWS keeps it
  std::size_t bytes = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &text, &bytes, &ignored)) return refused("is empty");
  auto claims = parse_json_object({reinterpret_cast<const char*>(text), bytes});
  if (!claims) return refused("holds no claims");
  if (auto fit = check_claims(*claims, expected); !fit) return fit.error();
  return std::move(*claims);
}

}  // namespace activitytrack::server
