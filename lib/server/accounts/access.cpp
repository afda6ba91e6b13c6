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

std::string_view argument(const Request& request) {
  return request.arguments.empty() ? std::string_view() : request.arguments.front();
}

bool may_use(const Route& route, const Request& request) {
  const Principal& principal = asker(request);
  switch (access_of(route)) {
    case Access::anyone:
      return true;
    case Access::machine:
      return principal.kind == Kind::machine || principal.is_anyone;
    case Access::enrolment:
      return principal.kind == Kind::enrolment;
    case Access::person:
      return principal.kind == Kind::person;
    case Access::read_machine:
      return principal.may_read(argument(request));
    case Access::configure_machine:
      return principal.may_configure(argument(request));
    case Access::erase_machine:
      return principal.may_erase(argument(request));
    case Access::admin:
    case Access::local_or_admin:
      return principal.is_admin();
  }
  return false;
}

/// For an Access: the refusal to those who may not use the route, and whether it shows data of machines or people.
struct AccessRule {
  std::string_view refusal;
  bool shows_data;
};

constexpr std::string_view no_such_right = "you may not do that with this machine";
constexpr std::string_view for_admins = "this is for admins";

const AccessRule& rule_of(const Route& route) noexcept {
  static constexpr AccessRule unknown{no_such_right, true};
  static constexpr std::array<AccessRule, 9> rules{{
      {no_such_right, false},                                           // anyone
      {"this takes a machine's credential", false},                     // machine
      {"this takes an enrolment token", false},                         // enrolment
      {"this is for people: sign in, or use a token of yours", false},  // person
      {no_such_right, true},                                            // read_machine
      {no_such_right, true},                                            // configure_machine
      {no_such_right, true},                                            // erase_machine
      {for_admins, true},                                               // admin
      {for_admins, false},                                              // local_or_admin
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
  if (!may_use(route, request)) return problem(403, rule_of(route).refusal);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (asker(request).reads_only && !reads) return problem(403, "this token is for reading only");
  return std::nullopt;
}

bool shows_data(const Route& route) noexcept {
  if (access_of(route) == Access::person) return route.pattern == "/api/machines" || route.pattern == "/api/audit";
  return rule_of(route).shows_data;
}

}  // namespace activitytrack::server
