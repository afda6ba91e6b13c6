#include "server.hpp"

#include "handlers/handlers.hpp"
#include "http/listen_address.hpp"
#include "http/listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include <csignal>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;

Result<void> listen_everywhere(Listener& listener, const ServerSettings& settings, Log& log) {
  for (const std::string& text : settings.listen) {
    const auto endpoint = parse_listen_address(text);
    if (!endpoint) return endpoint.error();
    const auto address = listener.listen(*endpoint);
    if (!address) return address.error();
    log.info("listening", {{"address", std::string_view(*address)}});
  }
  return {};
}

/// Calls `stop` at the first SIGTERM or SIGINT; a second one then ends the process as usual.
class Signals {
 public:
  Signals(asio::io_context& context, Log& log, std::function<void()> stop)
      : signals_(context, SIGTERM, SIGINT, SIGHUP), log_(log), stop_(std::move(stop)) {
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](boost::system::error_code cancelled, int signal) {
      if (cancelled) return;
      if (signal == SIGHUP) {
        log_.info("SIGHUP: a change of configuration takes a restart");
        return wait();
      }
      log_.info("stopping", {{"signal", signal}});
      signals_.clear();
      stop_();
    });
  }

  asio::signal_set signals_;
  Log& log_;
  std::function<void()> stop_;
};

}  // namespace

Result<void> serve(const ServerSettings& settings, Store store, Clock& clock, Log& log) {
  asio::io_context context(1);
  asio::thread_pool workers(1);
  const HttpLimits limits = http_limits(settings);
  Ingest ingest(*store.writer, clock, log);
  Services services{*store.reader, *store.writer, ingest, clock, log, limits.max_body_bytes};
  Dispatcher dispatcher(routes(), services, workers);
  Listener listener(context, limits, dispatcher, log);
  if (auto listening = listen_everywhere(listener, settings, log); !listening) return listening.error();
  const Signals signals(context, log, [&] { listener.stop(); });
  context.run();
  workers.join();
  ingest.stop();
  log.info("stopped");
  return {};
}

}  // namespace activitytrack::server
