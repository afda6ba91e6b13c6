#pragma once

#include "server/accounts/access.hpp"
#include "server/accounts/password_queue.hpp"
#include "server/api/monitoring.hpp"
#include "server/api/routes.hpp"
#include "server/configuration/feed.hpp"
#include "server/events/ingest.hpp"
#include "server/fleet/fleet_days.hpp"
#include "server/http/message.hpp"
#include "server/screenshots/screenshots.hpp"
#include "server/serve/storage.hpp"

#include <activitytrack/core/event.hpp>

#include <boost/json/parse.hpp>

#include "fakes.hpp"
#include "memory_pictures.hpp"
#include "memory_store.hpp"
#include "temp_folder.hpp"

#include <boost/json/value.hpp>

#include <future>
#include <memory>
#include <string>

namespace activitytrack::test {

/// The API without sockets: a memory store, the ingest thread, and a clock that stands still.
class Api {
 public:
  explicit Api(bool with_accounts = false) : with_accounts_(with_accounts) {}

  server::Response call(server::Request request, std::string_view target) {
    request.identity = server::Principal::anyone();
    request.target = server::parse_target(target).value();
    auto found = server::find_route(routes, request);
    if (const auto* refused = std::get_if<server::Response>(&found)) return *refused;
    return run(*std::get<const server::Route*>(found), request);
  }

  server::Response run(const server::Route& route, const server::Request& request) {
    if (const auto* handler = std::get_if<server::Handler>(&route.handler)) return (*handler)(request);
    const auto answered = std::make_shared<std::promise<server::Response>>();
    if (const auto* stream = std::get_if<server::StreamHandler>(&route.handler)) return pass_on(*stream, request);
    const auto answer = [answered](server::Response response) { answered->set_value(std::move(response)); };
    if (const auto* waiting = std::get_if<server::WaitingHandler>(&route.handler)) {
      (*waiting)(request, answer);
    } else {
      std::get<server::DeferredHandler>(route.handler)(request, answer);
    }
    return answered->get_future().get();
  }

  server::Response get(std::string_view target) { return call({.method = "GET"}, target); }
  server::Response post(std::string_view body) {
    return call({.method = "POST", .content_type = "application/json", .content_length = body.size(), .body = body},
                "/api/events");
  }
  server::Response patch(std::string_view target, std::string_view body) {
    return call({.method = "PATCH", .content_type = "application/json", .body = body}, target);
  }

 private:
  server::Response pass_on(const server::StreamHandler& handler, const server::Request& request) {
    auto begun = handler(request);
    if (auto* answer = std::get_if<server::Response>(&begun)) return std::move(*answer);
    auto& sink = *std::get<std::unique_ptr<server::BodySink>>(begun);
    for (std::string_view left = request.body; !left.empty();
         left.remove_prefix(std::min<std::size_t>(left.size(), 16'384))) {
      if (auto answer = sink.write(left.substr(0, 16'384))) return std::move(*answer);
    }
    return sink.finish();
  }

  const bool with_accounts_;

 public:
  FakeClock clock{"2024-01-15T12:00:00Z"};
  MemoryLog log;
  server::Store store = server::make_memory_store();
  std::unique_ptr<server::Gate> gate =
      with_accounts_ ? server::make_account_gate(*store.database, clock, log) : server::make_open_gate();
  server::Ingest ingest{*store.writer, *gate, clock, log};
  server::PasswordQueue passwords{log, {.threads = 1}};
  server::Stats stats{server::endpoints().size()};
  server::Readiness readiness{*store.database, clock, log};
  TempFolder folder;
  std::unique_ptr<server::PictureStore> pictures = server::make_memory_picture_store();
  std::unique_ptr<server::Uploads> uploads = server::Uploads::make(folder.path / "uploads").value();
  server::Screenshots screenshots{*store.database, *pictures, *uploads, clock};
  server::MachineStates machine_states{*store.database, log};
  server::ConfigurationFeed configuration{*store.database, *store.reader, clock, log};
  server::UsualDays usual_days;
  server::Services services{*store.reader, *store.writer,  *store.database, ingest,    clock,
                            log,           passwords,      stats,           readiness, screenshots,
                            configuration, machine_states, usual_days};
  const std::vector<server::Route> routes = server::routes(services);
};

inline boost::json::value json_of(const server::Response& response) { return boost::json::parse(response.body); }

inline const std::string* header(const server::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// `{"machine_id":"vm-1","timestamp":...,MORE}`.
inline std::string event_json(std::string_view timestamp, std::string_view more = "") {
  std::string json = R"({"machine_id":"vm-1","timestamp":")" + std::string(timestamp) + '"';
  if (!more.empty()) json += "," + std::string(more);
  return json + "}";
}

}  // namespace activitytrack::test
