#include "server/accounts/access.hpp"

#include "server/accounts/principal.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

using Kind = Principal::Kind;

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

std::string_view refusal(const Route& route) {
  switch (access_of(route)) {
    case Access::machine:
      return "this takes a machine's credential";
    case Access::enrolment:
      return "this takes an enrolment token";
    case Access::person:
      return "this is for people: sign in, or use a token of yours";
    case Access::admin:
    case Access::local_or_admin:
      return "this is for admins";
    default:
      return "you may not do that with this machine";
  }
}

}  // namespace

std::optional<Response> refuse_access(const Route& route, const Request& request) {
  if (!may_use(route, request)) return problem(403, refusal(route));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (asker(request).reads_only && !reads) return problem(403, "this token is for reading only");
  return std::nullopt;
}

bool shows_data(const Route& route) noexcept {
  switch (access_of(route)) {
    case Access::anyone:
    case Access::machine:
    case Access::enrolment:
    case Access::local_or_admin:
      return false;
    case Access::person:
      return route.pattern == "/api/machines" || route.pattern == "/api/audit";
    default:
      return true;
  }
}

}  // namespace activitytrack::server
