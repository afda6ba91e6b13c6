#pragma once

#include "server/events/store.hpp"
#include "server/serve/settings.hpp"
#include "server/serve/storage.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace activitytrack::server {

/// The server as a part of a program: everything but the signals. One thread, the network's, runs `context` and calls
/// all of this; what stores, reads, hashes or cleans up has threads of its own (ARCHITECTURE.md).
class Server {
 public:
  /// Reads the files of TLS, and starts the threads. The context, clock and log are borrowed.
  static Result<std::unique_ptr<Server>> make(boost::asio::io_context& context, ServerSettings settings, Store store,
                                              PictureParts pictures, Clock& clock, Log& log);

  /// To be called when the context has run out of work: ends the workers, stores what is queued, closes the store.
  ~Server();

  /// Begins to accept on every address of the settings. Prints, on standard output, a link that makes the first user if
  /// there is none yet.
  Result<void> listen();

  /// Adopts what may change while the server runs; names in the log what takes a restart. An error changes nothing.
  Result<void> configure(const ServerSettings& fresh);

  /// Accepts no more; closes idle connections, lets requests under way finish (5 s). The context runs out of work then.
  void stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

/// Serves `store` until SIGTERM or SIGINT (a second one then ends the process as usual). SIGHUP reads the settings
/// again by `read_again`; what is wrong or takes a restart is logged, and stays as it was. An error means that it could
/// not start.
Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log);

}  // namespace activitytrack::server
