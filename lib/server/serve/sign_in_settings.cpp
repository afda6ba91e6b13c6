#include "server/serve/sign_in_settings.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

namespace activitytrack::server {
namespace {

Error misfit(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

Result<std::string> read_secret(const std::string& file) {
  constexpr std::size_t most = 4096;
  if (file.empty()) return "";
  const auto text = read_file_start(file, most);
  if (!text) return Error{text.error().code, "oidc_client_secret_file: " + file + ": " + text.error().message};
  std::string_view rest = *text;
  std::string secret(stripped(take_line(rest)));
  if (secret.empty() || !stripped(rest).empty() || has_control_characters(secret))
    return misfit("oidc_client_secret_file: " + file + ": must hold the secret alone, on one line");
  return secret;
}

}  // namespace

Result<void> check_openid_issuer(std::string_view text) {
  if (text.empty()) return {};
  const auto url = parse_url(text);
  if (!url || !url->user.empty() || text.find_first_of("?#") != text.npos)
    return misfit("must be https://HOST[:PORT][/PATH], as the service itself writes it");
  if (is_trustworthy(*url)) return {};
  return misfit("must begin with https://: who answers there says who people are; http:// only at localhost");
}

Result<void> check_openid_role(std::string_view text) {
  const auto rule = parse_role_rule(text);
  return rule ? Result<void>() : rule.error();
}

Result<void> check_sign_in(const ServerSettings& settings) {
  if (settings.oidc_issuer.empty()) {
    if (settings.oidc_only) return misfit("oidc_only needs oidc_issuer: else nobody could sign in");
    return {};
  }
  if (settings.oidc_client_id.empty()) return misfit("oidc_issuer needs oidc_client_id beside it");
  if (settings.public_url.empty())
    return misfit("oidc_issuer needs public_url: the sign-in service sends people back there");
  if (settings.oidc_role.empty())
    return misfit("oidc_issuer needs oidc_role: without a row nobody who signs in may do anything");
  if (settings.auth == "none") return misfit("oidc_issuer needs auth: required");
  return {};
}

Result<std::optional<OpenIdOptions>> openid_options(const ServerSettings& settings) {
  if (settings.oidc_issuer.empty()) return std::optional<OpenIdOptions>();
  auto secret = read_secret(settings.oidc_client_secret_file);
  if (!secret) return secret.error();
  OpenIdOptions options{.issuer = settings.oidc_issuer,
                        .client_id = settings.oidc_client_id,
                        .client_secret = std::move(*secret),
                        .scopes = settings.oidc_scopes,
                        .name_claim = settings.oidc_name_claim,
                        .redirect_url = public_origin(settings) + "/api/login/openid/callback",
                        .ca_file = settings.oidc_ca_file,
                        .only = settings.oidc_only};
  for (const std::string& text : settings.oidc_role) {
    auto rule = parse_role_rule(text);
    if (!rule) return rule.error();
    options.rules.push_back(std::move(*rule));
  }
  return std::optional(std::move(options));
}

}  // namespace activitytrack::server
