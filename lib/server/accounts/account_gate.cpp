#include "server/accounts/access.hpp"
#include "server/accounts/api_tokens.hpp"
#include "server/accounts/audit_log.hpp"
#include "server/accounts/cookies.hpp"
#include "server/accounts/credential_cache.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/enrolment.hpp"
#include "server/accounts/gate.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace activitytrack::server {
namespace {

/// Who asks, or nobody; or the answer to give instead.
using Known = Result<Principal>;

/// What follows "Bearer ", in any case; "" without it.
std::string_view bearer_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view field = request.authorization;
  return boost::algorithm::istarts_with(field, scheme) ? field.substr(scheme.size()) : std::string_view();
}

/// Whether the route asks nobody who they are.
bool is_open(const Route& route, const Request& request) {
  const bool is_local = request.client.starts_with("127.") || request.client == "::1";
  return access_of(route) == Access::anyone || (access_of(route) == Access::local_or_admin && is_local);
}

bool only_reads(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

Response who_are_you(std::string_view detail) {
  Response refused = problem(401, detail);
  refused.headers.emplace_back("WWW-Authenticate", "Bearer");
  return refused;
}

bool is_json_or_none(const Request& request) {
  return request.method == "DELETE" || boost::algorithm::istarts_with(request.content_type, "application/json") ||
         boost::algorithm::istarts_with(request.content_type, "application/merge-patch+json");
}

/// A browser sends its cookie whoever wrote the page that asks, so a change must come from a page of this
/// server.
std::optional<Response> refuse_forgery(const Request& request) {
  if (only_reads(request)) return std::nullopt;
  if (!is_same_origin(request))
    return problem(403, "a change by cookie must come from this site: Origin is not its own");
  if (!is_json_or_none(request)) return problem(415, "Content-Type must be application/json");
  return std::nullopt;
}

class AccountGate : public Gate {
 public:
  AccountGate(Database& database, Clock& clock, Log& log)
      : database_(database), clock_(clock), log_(log), audit_(database, clock, log) {}

  std::optional<Response> refuse(const Route& route, Request& request) override {
    if (is_open(route, request)) return std::nullopt;
    auto refused = identify(request);
    if (!refused) {
      refused = refuse_access(route, request);
      if (refused) audit_.note(request, refused->status);
    }
    if (!refused && shows_data(route) && audit_.is_full()) {
      refused = come_back_later(30, "who reads this cannot be written down now");
    }
    return refused;
  }

  bool is_known(const Route& route, const Request& request) override {
    if (is_open(route, request)) return true;
    const std::string_view text = bearer_of(request);
    const auto token = parse_secret(text);
    if (!token) return !request.authorization.empty() || cookie_of(request, Cookie::session).empty();
    return token->kind == SecretKind::machine && credentials_.contains(token->id);
  }

  void answered(const Request& request, int status) override { audit_.note(request, status); }

  std::optional<std::int64_t> version() const override { return credentials_.version(); }
  bool still_good(std::int64_t credential) const override { return credentials_.still_good(credential); }

  Result<void> refresh() override {
    const auto revoked = revoked_after(database_, credentials_.version());
    if (!revoked) return revoked.error();
    credentials_.forget(revoked->ids, revoked->version);
    return {};
  }

 private:
  /// Sets request.identity, or gives the answer to who is not known.
  std::optional<Response> identify(Request& request) {
    const std::string_view text = bearer_of(request);
    if (text.empty() && request.authorization.empty()) return identify_session(request);
    const auto token = parse_secret(text);
    Known known = token ? principal_of_token(*token) : Known(Principal{});
    return take(std::move(known), request, "this token is not known, has expired or was revoked");
  }

  std::optional<Response> identify_session(Request& request) {
    const auto cookie = cookie_of(request, Cookie::session);
    if (cookie.empty()) return who_are_you("sign in, or send Authorization: Bearer with a token");
    const auto token = parse_secret(cookie);
    Known known = Principal{};
    if (token && token->kind == SecretKind::session) {
      auto user = find_session(database_, *token, clock_.now());
      known = !user ? Known(user.error()) : Known(*user ? server::principal_of(**user) : Principal{});
    }
    if (auto refused = take(std::move(known), request, "the session has ended; sign in again")) return refused;
    return refuse_forgery(request);
  }

  std::optional<Response> take(Known known, Request& request, std::string_view otherwise) {
    if (!known) return logged_store_problem(known.error(), log_);
    if (known->kind == Principal::Kind::nobody) return who_are_you(otherwise);
    request.identity = std::move(*known);
    return std::nullopt;
  }

  Known principal_of_token(const SecretToken& token) {
    switch (token.kind) {
      case SecretKind::machine:
        return machine(token);
      case SecretKind::enrolment:
        return enrolment(token);
      case SecretKind::person:
        return person(token);
      default:
        return Principal{};  // what belongs into a cookie or a link is no bearer token
    }
  }

  Known machine(const SecretToken& token) {
    const SecretHash hash = hash_secret(token.text);
    auto found = credentials_.find(token.id, hash);
    if (!found && !credentials_.contains(token.id)) {
      const auto loaded = load(token, hash);
      if (!loaded) return loaded.error();
      found = *loaded;
    }
    if (!found) return Principal{};
    return Principal{.kind = Principal::Kind::machine,
                     .name = std::move(found->machine_id),
                     .id = token.id,
                     .version = found->version};
  }

  /// Reads a credential that is not in memory, and keeps it there if it is good.
  Result<std::optional<CredentialCache::Found>> load(const SecretToken& token, const SecretHash& hash) {
    using Found = CredentialCache::Found;
    while (true) {
      if (credentials_.version() < 0) {
        if (auto learnt = refresh(); !learnt) return learnt.error();
      }
      const std::int64_t version = credentials_.version();
      const auto credential = find_credential(database_, token);
      if (!credential) return credential.error();
      if (!*credential) return std::optional<Found>();
      if (!(*credential)->used_at) {
        if (auto used = use_credential(database_, **credential, clock_.now()); !used) return used.error();
        continue;  // that may have been too late: read it again
      }
      if (credentials_.keep(token.id, hash, (*credential)->machine_id, version)) {
        return std::optional(Found{(*credential)->machine_id, version});
      }
    }
  }

  Known enrolment(const SecretToken& token) {
    const auto found = find_enrolment_token(database_, token, clock_.now());
    if (!found) return found.error();
    if (!*found) return Principal{};
    return Principal{.kind = Principal::Kind::enrolment, .name = (*found)->label, .id = token.id};
  }

  Known person(const SecretToken& token) {
    const auto found = find_api_token(database_, token, clock_.now());
    if (!found) return found.error();
    if (!*found) return Principal{};
    Principal principal = server::principal_of((*found)->user);
    principal.reads_only = !(*found)->may_write;
    return principal;
  }

  Database& database_;
  Clock& clock_;
  Log& log_;
  CredentialCache credentials_;
  AuditLog audit_;
};

}  // namespace

std::unique_ptr<Gate> make_account_gate(Database& database, Clock& clock, Log& log) {
  return std::make_unique<AccountGate>(database, clock, log);
}

}  // namespace activitytrack::server
