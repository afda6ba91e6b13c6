#include "core/text.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/openid_people.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"
#include "server/openid/provider.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_shown = 300, max_code_bytes = 4096;

std::string html_escaped(std::string_view text) {
  std::string safe;
  for (const char c : clean_utf8(text, max_shown)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

/// What the browser shows at the end: text only, whoever wrote it.
Response page(int status, std::string_view title, std::string_view text) {
  Response response{.status = status, .content_type = "text/html; charset=utf-8"};
  response.body =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>activitytrack</title></head><body><h1>" +
      html_escaped(title) + "</h1><p>" + html_escaped(text) + "</p></body></html>\n";
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

Response not_signed_in(int status, std::string_view why) { return page(status, "Not signed in", why); }

Error no_service() { return {ErrorCode::not_found, "this server knows no sign-in service: see oidc_issuer"}; }

std::string parameter(const Request& request, std::string_view name) {
  const std::string* given = request.target.find(name);
  return given ? *given : "";
}

/// What the provider says is wrong, in whose words spaces may have come as "+".
Error error_of_provider(const Request& request) {
  std::string words = parameter(request, "error") + " " + parameter(request, "error_description");
  std::ranges::replace(words, '+', ' ');
  return {ErrorCode::unauthorized, "the sign-in service says: " + clean_utf8(words, max_shown)};
}

/// Tries of a client at the provider, which this server makes for it: as those of a person of this name, which can be
/// nobody's.
Bytes tries_at_provider(const Request& request) { return tries_of_client("openid sign-in", request.client); }

/// Whether the browser uses TLS. It comes by redirect_url, and, as no page asks, names no Origin by which a proxy that
/// does not speak of TLS were known.
bool is_secure(const Request& request, const Services& services) {
  return is_by_tls(request) || services.openid->options().redirect_url.starts_with("https:");
}

/// The secret of the browser that began, if the answer belongs to it and comes for the first time.
Result<std::optional<SignInSecrets>> take_begun(const Request& request, Services& services) {
  const auto token = secret_in_cookie(request, Cookie::openid);
  if (!token) return std::optional<SignInSecrets>();
  SignInSecrets secrets = sign_in_secrets(token->text);
  const Bytes given = stored_hash(hash_secret(parameter(request, "state")));
  if (!is_same_hash(hash_secret(secrets.state), given.bytes)) return std::optional<SignInSecrets>();
  const auto ended = end_openid_sign_in(services.database, *token, services.clock.now());
  if (!ended) return ended.error();
  return *ended ? std::optional(std::move(secrets)) : std::nullopt;
}

void write_down(const Request& request, Services& services, std::string_view reason) {
  AuditEntry entry = audit_entry(request, services.clock.now(), 403);
  entry.details = AuditDetails().add("refused", reason).text();
  if (const auto written = write_audit(services.database, std::span(&entry, 1)); !written)
    services.log.error("a refused sign-in is left out of the audit log", {{"error", written.error().message}});
}

Response refuse_answer(const Request& request, Services& services, const Error& error) {
  const bool is_away = is_transient(error.code);
  if (!is_away || services.openid->tells_outage(services.clock.now()))
    services.log.warning("a sign-in by OpenID Connect failed", {{"error", std::string_view(error.message)}});
  if (is_away) {
    Response later = not_signed_in(503, error.message);
    later.headers.emplace_back("Retry-After", "10");
    return later;
  }
  write_down(request, services, error.message);
  Response refused = not_signed_in(403, error.message);
  refused.wrong_secret = "openid";
  return refused;
}

Result<Response> refuse_without_rights(const Request& request, Services& services, const OpenIdPerson& person) {
  constexpr std::string_view reason = "no row of oidc_role matches";
  AuditEntry entry = audit_entry(request, services.clock.now(), 403);
  entry.name = clean_utf8(person.wanted_name, 64);
  const auto ended = audited(services.database, entry, [&](AuditEntry& about) {
    auto made = shut_out_openid_person(services.database, person.issuer, person.subject);
    if (made && *made) describe_shut_out(about, **made, reason);
    if (about.details.empty()) about.details = AuditDetails().add("refused", reason).text();
    return made;
  });
  if (!ended) return ended.error();
  return not_signed_in(403, "You are " + person.wanted_name +
                                ", but nothing here is given to you. Ask the administrator of this server: no row of "
                                "oidc_role matches what the sign-in service says of you.");
}

Result<Response> sign_in(const Request& request, Services& services, const OpenIdPerson& person) {
  const Time now = services.clock.now();
  AuditEntry entry = audit_entry(request, now, 200);
  entry.kind = to_string(Principal::Kind::person);
  User user;
  const auto session = audited(services.database, entry, [&](AuditEntry& about) -> Result<NewSecret> {
    auto renewed = renew_openid_person(services.database, person, now);
    if (!renewed) return renewed.error();
    describe_signed_in(about, *renewed, person.subject);
    user = std::move(renewed->after);
    about.name = user.name;
    return begin_session(services.database, user.id, now, session_place(request));
  });
  if (!session) return session.error();
  Response response = page(
      200, "Signed in",
      "You are signed in as " + user.name + " (" + std::string(to_string(user.role)) + "). This page can be closed.");
  if (services.website) response.headers.emplace_back("Refresh", "0; url=/");
  set_cookie(response, is_secure(request, services), Cookie::session, session->text, session_length);
  set_cookie(response, is_secure(request, services), Cookie::openid, "", {});
  return response;
}

}  // namespace

Result<Response> get_openid_login(const Request& request, Services& services) {
  if (!services.openid) return no_service();
  const Time now = services.clock.now();
  const auto secret = begin_openid_sign_in(services.database, request.client, now);
  if (!secret) return secret.error();
  const auto url = services.openid->sign_in_url(sign_in_secrets(secret->text), now);
  if (!url) return refuse_answer(request, services, url.error());
  Response response{.status = 302, .content_type = "text/plain"};
  response.headers.emplace_back("Location", *url);
  set_cookie(response, is_secure(request, services), Cookie::openid, secret->text, openid_sign_in_length);
  return response;
}

Result<Response> get_openid_callback(const Request& request, Services& services) {
  if (!services.openid) return no_service();
  const auto secrets = take_begun(request, services);
  if (!secrets) return secrets.error();
  if (!*secrets)
    return not_signed_in(400, "This sign-in was not begun in this browser, took too long, or has ended. Begin anew.");
  const Time now = services.clock.now();
  const auto allowed = count_try(services.database, tries_at_provider(request), now);
  if (!allowed) return allowed.error();
  if (!*allowed) return too_many_tries();
  // Counted by then: anybody can say that the provider refused, and each time is written down.
  if (!parameter(request, "error").empty()) return refuse_answer(request, services, error_of_provider(request));
  const ProviderAnswer answer{parameter(request, "code"), parameter(request, "iss")};
  if (answer.code.empty() || answer.code.size() > max_code_bytes)
    return not_signed_in(400, "The sign-in service sent no code.");
  const auto claims = services.openid->claims_of(answer, **secrets, now);
  if (!claims) return refuse_answer(request, services, claims.error());
  if (auto forgotten = forget_tries(services.database, tries_at_provider(request)); !forgotten)
    return forgotten.error();

  const OpenIdOptions& options = services.openid->options();
  const auto first = [&](std::string_view name) {
    const auto texts = claim_texts(*claims, name);
    return texts.empty() ? std::string() : texts.front();
  };
  OpenIdPerson person{.issuer = options.issuer, .subject = first("sub"), .wanted_name = first(options.name_claim)};
  auto rights = rights_of(options.rules, *claims);
  if (!rights) return refuse_without_rights(request, services, person);
  person.role = rights->role;
  person.machines = std::move(rights->machines);
  return sign_in(request, services, person);
}

}  // namespace activitytrack::server
