#pragma once

#include "server/http/router.hpp"

#include <optional>

namespace activitytrack::server {

/// Decides who may use which route. Callable from any thread.
class AccessControl {
 public:
  virtual ~AccessControl() = default;

  /// Sets request.identity, or gives the answer: 401 to a client that is not known, 403 to one that may not use the
  /// route, 503 while that cannot be found out. May wait for the store unless `is_known()` holds.
  virtual std::optional<Response> refuse(const Route& route, Request& request) = 0;

  /// Whether refuse() can decide without the store, so that the network's thread may ask.
  virtual bool is_known(const Route& route, const Request& request) = 0;

  /// Called for each request that a Handler or StreamHandler answered, before the answer goes out.
  virtual void answered(const Request& request, int status) = 0;
};

}  // namespace activitytrack::server
