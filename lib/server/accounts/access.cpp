#include "server/accounts/access.hpp"

#include "core/text.hpp"
#include "server/accounts/audit_log.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <any>
#include <array>

namespace activitytrack::server {
namespace {

using Kind = Principal::Kind;

constexpr std::array<std::string_view, 5> roles{"self", "viewer", "manager", "admin", "monitor"};
constexpr std::array<std::string_view, 4> kinds{"nobody", "machine", "enrolment", "person"};

/// What an Access asks of who comes, for the machine that the route names; what a route says to the others; and whether
/// it shows data of machines or people.
struct AccessRule {
  bool (*lets_in)(const Principal& who, std::string_view machine);
  std::string_view refusal;
  bool shows_data = false;
};

constexpr std::string_view no_such_right = "you may not do that with this machine";
constexpr std::string_view for_admins = "this is for admins";
constexpr std::string_view for_signed_in = "this is for who signed in: a token may not do it";
constexpr std::string_view for_admins_signed_in = "this is for admins who signed in: a token may not do it";

bool is_signed_in(const Principal& who) { return who.is_user() && who.maker.token == 0; }

const AccessRule& rule_of(const Route& route) noexcept {
  using Who = const Principal&;
  using Id = std::string_view;
  static constexpr AccessRule unknown{[](Who, Id) { return false; }, no_such_right, true};
  static constexpr std::array<AccessRule, 12> rules{{
      {[](Who, Id) { return true; }, ""},
      {[](Who who, Id) { return who.kind == Kind::machine || who.is_anyone; }, "this takes a machine's credential"},
      {[](Who who, Id) { return who.kind == Kind::enrolment; }, "this takes an enrolment token"},
      {[](Who who, Id) { return who.is_user(); }, "this is for people: sign in, or use a token of yours"},
      {[](Who who, Id id) { return who.may_read(id); }, no_such_right, true},
      {[](Who who, Id id) { return who.may_configure(id); }, no_such_right, true},
      {[](Who who, Id id) { return who.may_erase(id); }, no_such_right, true},
      {[](Who who, Id id) { return who.owns(id); }, "this is for the person whose machine it is", true},
      {[](Who who, Id) { return who.is_admin(); }, for_admins, true},
      {[](Who who, Id) { return is_signed_in(who); }, for_signed_in},
      {[](Who who, Id) { return who.is_admin() && is_signed_in(who); }, for_admins_signed_in, true},
      {[](Who who, Id) { return who.is_admin() || (who.kind == Kind::person && who.role == Role::monitor); },
       "this is for admins, for the role monitor, and for this machine"},
  }};
  const auto index = static_cast<std::size_t>(access_of(route));
  return index < rules.size() ? rules[index] : unknown;
}

/// Whether "host", "host:port" or "[v6]:port" could be a name that someone on the internet controls.
bool is_foreign(std::string_view authority) {
  if (authority.starts_with('[')) return !authority.starts_with("[::1]");
  const auto host = authority.substr(0, authority.find(':'));
  const bool has_letter = host.find_first_not_of("0123456789.") != std::string_view::npos;
  if (!has_letter) return !host.empty() && !host.starts_with("127.");
  return host.find('.') != std::string_view::npos && !host.ends_with(".localhost");
}

class OpenGate : public Gate {
 public:
  std::optional<Response> refuse(const Route&, Request& request) override {
    if (is_foreign(request.host)) return problem(403, "this server answers only to 127.0.0.1, [::1] and localhost");
    const std::string_view origin = request.origin;
    const auto scheme = origin.find("://");
    const auto site = scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
    if (!origin.empty() && (site.empty() || is_foreign(site))) {
      return problem(403, "this server takes no requests from other sites");
    }
    request.identity = Principal::anyone();
    return std::nullopt;
  }

  bool is_known(const Route&, const Request&) override { return true; }
  void answered(const Request&, int, Response response, Answer answer) override { answer(std::move(response)); }
  std::optional<std::int64_t> version() const override { return std::nullopt; }
  bool still_good(std::int64_t) const override { return true; }
  Result<void> refresh() override { return {}; }
};

/// The asker, or nobody; `unauthorized` where more can be said.
using Known = Result<Principal>;

/// What follows "Bearer ", in any case; "" without it.
std::string_view bearer_of(const Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view field = request.authorization;
  return boost::algorithm::istarts_with(field, scheme) ? field.substr(scheme.size()) : std::string_view();
}

/// Whether the route asks nobody who they are.
bool is_open(const Route& route, const Request& request) {
  return access_of(route) == Access::anyone || (access_of(route) == Access::monitoring && request.is_local);
}

bool is_json_or_none(const Request& request) {
  return request.method == "DELETE" || boost::algorithm::istarts_with(request.content_type, "application/json") ||
         boost::algorithm::istarts_with(request.content_type, "application/merge-patch+json");
}

/// A browser sends its cookie also for the pages of other sites, so a change must come from a page of this server.
std::optional<Response> refuse_forgery(const Request& request) {
  if (is_read(request)) return std::nullopt;
  if (!is_same_origin(request)) return foreign_origin(request, "change by cookie");
  if (!is_json_or_none(request)) return problem(415, "Content-Type must be application/json");
  return std::nullopt;
}

class AccountGate : public Gate {
 public:
  AccountGate(Database& database, Clock& clock, Log& log)
      : database_(database), clock_(clock), log_(log), audit_(database, clock, log) {}

  std::optional<Response> refuse(const Route& route, Request& request) override {
    if (is_open(route, request)) return std::nullopt;
    if (auto refused = identify(request)) return refused;
    if (auto refused = refuse_access(route, request)) {
      audit_.note_refused(request, refused->status);
      return refused;
    }
    if (shows_data(route) && audit_.is_full()) return come_back_later(30, "who reads this cannot be written down now");
    return std::nullopt;
  }

  bool is_known(const Route& route, const Request& request) override {
    if (is_open(route, request)) return true;
    const auto token = parse_secret(bearer_of(request));
    if (!token) return !request.authorization.empty() || cookie_of(request, Cookie::session).empty();
    return token->kind == SecretKind::machine && credentials_.contains(token->id);
  }

  std::string_view name_of(const Request& request) const override { return asker(request).name; }

  void answered(const Request& request, int status, Response response, Answer answer) override {
    audit_.pass_on(request, status, std::move(response), std::move(answer));
  }

  std::optional<std::int64_t> version() const override { return credentials_.version(); }
  bool still_good(std::int64_t credential) const override { return credentials_.still_good(credential); }

  Result<void> refresh() override {
    const auto revoked = revoked_after(database_, credentials_.version());
    if (!revoked) return revoked.error();
    credentials_.forget(revoked->ids, revoked->version);
    return {};
  }

 private:
  /// Sets request.identity, or returns the answer to an asker who is not known.
  std::optional<Response> identify(Request& request) {
    if (request.authorization.empty()) return identify_session(request);
    const auto token = parse_secret(bearer_of(request));
    auto refused = take(token ? principal_of_token(*token) : Principal{}, request,
                        "this token is not known, has expired or was revoked");
    if (refused && refused->status == 401) refused->wrong_secret = "token";
    return refused;
  }

  std::optional<Response> identify_session(Request& request) {
    if (cookie_of(request, Cookie::session).empty())
      return unknown("sign in, or send Authorization: Bearer with a token");
    const auto token = secret_in_cookie(request, Cookie::session);
    if (auto refused = take(token ? session(*token) : Principal{}, request, "the session has ended; sign in again"))
      return refused;
    return refuse_forgery(request);
  }

  std::optional<Response> take(Known known, Request& request, std::string_view otherwise) {
    if (!known && known.error().code == ErrorCode::unauthorized) return unknown(known.error().message);
    if (!known) {
      log_.error("the store failed", {{"error", known.error().message}, {"request", std::string_view(request.id)}});
      return failure_answer(known.error());
    }
    if (known->kind == Principal::Kind::nobody) return unknown(otherwise);
    request.asker = std::string(to_string(known->kind)) + ' ' + known->name;
    request.identity = std::move(*known);
    return std::nullopt;
  }

  static Response unknown(std::string_view detail) {
    Response refused = problem(401, detail);
    refused.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refused;
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
        if (auto learned = refresh(); !learned) return learned.error();
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
    return Principal{.kind = Principal::Kind::enrolment, .name = found->label, .id = token.id};
  }

  Known person(const SecretToken& token) {
    const auto found = find_api_token(database_, token, clock_.now());
    if (!found) return found.error();
    if (!*found) return Principal{};
    Principal principal = principal_of((*found)->user);
    principal.reads_only = !(*found)->may_write;
    principal.maker.token = token.id;
    principal.maker.token_ends = (*found)->expires_at;
    return principal;
  }

  Known session(const SecretToken& token) {
    const auto user = find_session(database_, token, clock_.now());
    if (!user) return user.error();
    if (!*user) return Principal{};
    Principal principal = principal_of(**user);
    principal.session = token.id;
    return principal;
  }

  Database& database_;
  Clock& clock_;
  Log& log_;
  CredentialCache credentials_;
  AuditLog audit_;
};

}  // namespace

std::string_view to_string(Role role) noexcept { return roles[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view word) noexcept { return parse_enum<Role>(roles, word); }

std::string_view to_string(Principal::Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }

Access access_of(const Route& route) noexcept { return static_cast<Access>(route.access); }

const Principal& asker(const Request& request) noexcept {
  static const Principal nobody;
  const auto* known = std::any_cast<Principal>(&request.identity);
  return known ? *known : nobody;
}

Result<void> need_still_known(Database& database, const Principal& who) {
  if (who.kind != Kind::person || who.is_anyone) return {};
  if (auto good = need_maker(database, who.maker); !good) return good;
  const auto same = database.finds(
      "SELECT 1 FROM users WHERE id = $1 AND role = $2 AND ($3 = 0 OR EXISTS(SELECT 1 FROM sessions WHERE id = $3))",
      {who.id, to_string(who.role), who.session});
  if (!same) return same.error();
  return *same ? Result<void>() : Error{ErrorCode::unauthorized, "the session has ended; sign in again"};
}

std::optional<Response> refuse_access(const Route& route, const Request& request) {
  const Principal& who = asker(request);
  const AccessRule& rule = rule_of(route);
  if (!rule.lets_in(who, request.arguments.empty() ? "" : request.arguments.front())) return problem(403, rule.refusal);
  if (who.reads_only && !is_read(request)) return problem(403, "this token is for reading only");
  return std::nullopt;
}

bool shows_data(const Route& route) noexcept {
  constexpr std::array<std::string_view, 7> of_all_who_ask{"/api/machines", "/api/fleet", "/api/live",  "/api/team",
                                                           "/api/search",   "/api/audit", "/api/tokens"};
  if (access_of(route) == Access::person)
    return std::ranges::find(of_all_who_ask, route.pattern) != of_all_who_ask.end();
  return rule_of(route).shows_data;
}

std::unique_ptr<Gate> make_open_gate() { return std::make_unique<OpenGate>(); }

std::unique_ptr<Gate> make_account_gate(Database& database, Clock& clock, Log& log) {
  return std::make_unique<AccountGate>(database, clock, log);
}

}  // namespace activitytrack::server
