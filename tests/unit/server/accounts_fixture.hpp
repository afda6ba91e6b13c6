#pragma once

#include "server/accounts/access.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/accounts/users.hpp"

#include "api.hpp"

#include <map>

namespace activitytrack::test {

/// The API behind the gate of accounts, with a machine vm-1 and people of every role, all of whom are given
/// vm-1.
class AccountsApi : public Api {
 public:
  AccountsApi() : Api(true) {
    for (const auto role : {server::Role::admin, server::Role::manager, server::Role::viewer, server::Role::self,
                            server::Role::monitor}) {
      std::vector<std::string> machines;
      if (role != server::Role::admin) machines = {"vm-1"};
      server::User user{.name = std::string(server::to_string(role)), .role = role, .machines = machines};
      const auto added = server::add_user(db, user, "", clock.now()).value();
      tokens[user.name] =
          server::create_api_token(db, added.id, {.may_write = true, .expires_at = clock.now() + std::chrono::hours(1)},
                                   clock.now())
              .value()
              .text;
      sessions[user.name] = server::begin_session(db, added.id, clock.now()).value().text;
    }
    const auto enrolment = enrolment_token();
    machine = server::enrol_machine(db, enrolment.id, "vm-1", clock.now()).value().text;
  }

  server::NewSecret enrolment_token() {
    return server::create_enrolment_token(db, {.expires_at = clock.now() + std::chrono::hours(24), .uses = 9},
                                          clock.now())
        .value();
  }

  /// As from the network: by the router, the gate and the handler.
  server::Response ask(server::Request request, std::string_view target) {
    request.target = server::parse_target(target).value();
    request.host = "track.example";
    if (request.client.empty()) request.client = "10.0.0.1";
    auto found = server::find_route(routes, request);
    if (const auto* refused = std::get_if<server::Response>(&found)) return *refused;
    const server::Route& route = *std::get<const server::Route*>(found);
    if (auto refused = gate->refuse(route, request)) return *refused;
    auto response = run(route, request);
    if (!std::holds_alternative<server::Handler>(route.handler)) return response;
    std::promise<server::Response> passed_on;
    const auto answer = [&](server::Response passed) { passed_on.set_value(std::move(passed)); };
    gate->answered(request, response.status, std::move(response), answer);
    return passed_on.get_future().get();
  }

  server::Response ask_as(const std::string& token, std::string_view method, std::string_view target,
                          std::string_view body = "") {
    return ask({.method = std::string(method),
                .content_type = "application/json",
                .authorization = "Bearer " + token,
                .body = body},
               target);
  }

  /// As by a page of this server, in the browser where the person of this role is signed in.
  server::Response ask_signed_in(const std::string& name, std::string_view method, std::string_view target,
                                 std::string_view body = "") {
    return ask({.method = std::string(method),
                .content_type = "application/json",
                .cookie = "session=" + sessions[name],
                .origin = "http://track.example",
                .body = body},
               target);
  }

  server::Database& db = *store.database;
  std::map<std::string, std::string> tokens, sessions;  ///< by the person's name, which is their role's
  std::string machine;                                  ///< vm-1's credential
};

}  // namespace activitytrack::test
