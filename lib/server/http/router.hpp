#pragma once

#include "server/http/body_sink.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace activitytrack::server {

struct Services;

/// Answers a request. Runs on a worker thread, where it may wait for the store.
using Handler = Response (*)(const Request&, Services&);

/// Takes the answer of a DeferredHandler, once, on any thread.
using Answer = std::function<void(Response)>;

/// Answers later, so that no thread waits meanwhile. The request lives until the answer is given.
using DeferredHandler = void (*)(const Request&, Services&, Answer);

/// Takes a body as it comes, beyond the limits of others: gives what takes it, or the answer at once. Runs when the
/// request's head is there and the gate has let it in; `body` is empty.
using StreamHandler = std::variant<std::unique_ptr<BodySink>, Response> (*)(const Request&, Services&);

/// Which threads a route's handler, and the pieces of its body and its answer, keep busy: so that what may take long
/// holds up its like alone.
enum class Lane {
  reads,
  uploads,   ///< pictures on their way in
  pictures,  ///< and on their way out
};
inline constexpr std::size_t lane_count = 3;

/// Who may use a route. Checked before its handler runs; what depends on the body is the handler's to check.
enum class Access {
  anyone,             ///< without saying who they are
  machine,            ///< an agent, by its credential
  enrolment,          ///< who holds an enrolment token
  person,             ///< anyone signed in; the handler shows what they may see
  read_machine,       ///< who may read the machine that the first `{...}` names
  configure_machine,  ///< who may configure it
  erase_machine,      ///< who may have its data erased or exported
  admin,
  local_or_admin,  ///< anyone on this machine, or an admin
};

/// A parameter of a query, as /openapi.json tells it.
struct Parameter {
  std::string_view name;
  std::string_view schema;  ///< JSON: {"type":"integer","minimum":1}
  std::string_view description;
};

/// What /openapi.json says of a route beside the rest of its row. Bodies are named by their schema
/// (handlers/schemas.hpp).
struct Operation {
  std::string_view summary{};
  std::span<const Parameter> query{};
  std::string_view body{};                            ///< that it takes; "" if none
  std::string_view answer{};                          ///< that it gives with 200; "" if it is not JSON
  std::string_view answer_type = "application/json";  ///< or several, with spaces between
  int status = 200;                                   ///< when all went well
  std::string_view body_type = "application/json";    ///< or of bytes, whose schema is ""
};

/// A row of the table of endpoints.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/machines/{id}": `{...}` stands for one segment that is not empty
  Access access;
  std::variant<Handler, DeferredHandler, StreamHandler> handler;
  Operation about{};
  Lane lane = Lane::reads;
};

/// The route for a request, whose `arguments` are filled in; or the answer 404, or 405 with Allow. HEAD
/// finds GET's.
std::variant<const Route*, Response> find_route(std::span<const Route> routes, Request& request);

}  // namespace activitytrack::server
