#pragma once

#include "server/configuration/editing.hpp"

#include "api.hpp"
#include "wait.hpp"

#include <boost/json/serialize.hpp>

namespace activitytrack::test {

/// Calls the API as somebody who may do everything; waits until the feed has seen what was made.
class Configurer : public Api {
 public:
  server::Response put(std::string_view path, std::string_view body, std::string if_match = "") {
    server::Response answer =
        call({.method = "PUT", .content_type = "application/json", .if_match = if_match, .body = body},
             "/api/" + std::string(path));
    settle();
    return answer;
  }
  server::Response send(std::string method, std::string_view path, std::string_view body = "") {
    server::Response answer =
        call({.method = method, .content_type = "application/json", .body = body}, "/api/" + std::string(path));
    settle();
    return answer;
  }
  std::string machine(std::string_view field, std::string_view machine_id = "vm-1") {
    return boost::json::serialize(
        json_of(get("/api/machines/" + std::string(machine_id) + "/configuration")).at(field));
  }
  /// As an agent of vm-1.
  server::Response ask(std::string_view query) { return get("/api/config?machine_id=vm-1&" + std::string(query)); }

  void settle() {
    const auto latest = server::latest_change(*store.database).value();
    wait_until([&] {
      const auto layers = configuration.layers();
      return layers && layers->change() == latest;
    });
  }
};

}  // namespace activitytrack::test
