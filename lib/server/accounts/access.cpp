#include "server/accounts/access.hpp"

#include "core/text.hpp"
#include "server/http/message.hpp"
#include "server/http/router.hpp"

#include <any>
#include <array>

namespace activitytrack::server {
namespace {

using Kind = Principal::Kind;

constexpr std::array<std::string_view, 4> roles{"self", "viewer", "manager", "admin"};
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

const AccessRule& rule_of(const Route& route) noexcept {
  using Who = const Principal&;
  using Id = std::string_view;
  static constexpr AccessRule unknown{[](Who, Id) { return false; }, no_such_right, true};
  static constexpr std::array<AccessRule, 9> rules{{
      {[](Who, Id) { return true; }, ""},
      {[](Who who, Id) { return who.kind == Kind::machine || who.is_anyone; }, "this takes a machine's credential"},
      {[](Who who, Id) { return who.kind == Kind::enrolment; }, "this takes an enrolment token"},
      {[](Who who, Id) { return who.kind == Kind::person; }, "this is for people: sign in, or use a token of yours"},
      {[](Who who, Id id) { return who.may_read(id); }, no_such_right, true},
      {[](Who who, Id id) { return who.may_configure(id); }, no_such_right, true},
      {[](Who who, Id id) { return who.may_erase(id); }, no_such_right, true},
      {[](Who who, Id) { return who.is_admin(); }, for_admins, true},
      {[](Who who, Id) { return who.is_admin(); }, for_admins},  // local_or_admin: who is not on this machine
  }};
  const auto index = static_cast<std::size_t>(access_of(route));
  return index < rules.size() ? rules[index] : unknown;
}

}  // namespace

std::string_view to_string(Role role) noexcept { return roles[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view word) noexcept { return parse_enum<Role>(roles, word); }

std::string_view to_string(Principal::Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }

bool Principal::may_read(std::string_view machine_id) const {
  return is_admin() || (kind == Kind::person && machines.contains(machine_id));
}

bool Principal::may_configure(std::string_view machine_id) const {
  return is_admin() || (role == Role::manager && may_read(machine_id));
}

bool Principal::may_erase(std::string_view machine_id) const {
  return is_admin() || (role == Role::self && may_read(machine_id));
}

bool Principal::may_send(std::string_view machine_id) const {
  return is_anyone || (kind == Kind::machine && name == machine_id);
}

Principal Principal::anyone() {
  return {.kind = Kind::person, .name = "anyone", .role = Role::admin, .is_anyone = true};
}

Access access_of(const Route& route) noexcept { return static_cast<Access>(route.access); }

const Principal& asker(const Request& request) noexcept {
  static const Principal nobody;
  const auto* known = std::any_cast<Principal>(&request.identity);
  return known ? *known : nobody;
}

std::optional<Response> refuse_access(const Route& route, const Request& request) {
  const Principal& who = asker(request);
  const AccessRule& rule = rule_of(route);
  if (!rule.lets_in(who, request.arguments.empty() ? "" : request.arguments.front())) return problem(403, rule.refusal);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (who.reads_only && !reads) return problem(403, "this token is for reading only");
  return std::nullopt;
}

bool shows_data(const Route& route) noexcept {
  if (access_of(route) == Access::person) return route.pattern == "/api/machines" || route.pattern == "/api/audit";
  return rule_of(route).shows_data;
}

}  // namespace activitytrack::server
