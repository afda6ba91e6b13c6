#pragma once

#include "http/router.hpp"

#include <optional>

namespace activitytrack::server {

/// Who may pass: finds out who asks, and whether the route lets them. Callable from any thread.
class Gate {
 public:
  virtual ~Gate() = default;

  /// Fills in request.principal, or gives the answer: 401 for who is not known, 403 for who may not, 503 while the
  /// accounts cannot be read. May wait for the store unless `is_known()` holds.
  virtual std::optional<Response> refuse(const Route& route, Request& request) = 0;

  /// Whether refuse() can decide without the store, so that the network's thread may ask.
  virtual bool is_known(const Route& route, const Request& request) = 0;
};

/// Lets everyone do everything: `auth: none`, on loopback alone. Refuses the names of other sites (docs/security.md), so that
/// a page in a browser on this machine cannot ask for its reader.
std::unique_ptr<Gate> make_open_gate();

}  // namespace activitytrack::server
