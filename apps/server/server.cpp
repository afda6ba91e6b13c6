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

/// Calls `stop` at the first SIGTERM or SIGINT (a second one then ends the process as usual), `reload` at
/// each SIGHUP.
class Signals {
 public:
  Signals(asio::io_context& context, std::function<void()> stop, std::function<void()> reload)
      : signals_(context, SIGTERM, SIGINT, SIGHUP), stop_(std::move(stop)), reload_(std::move(reload)) {
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](boost::system::error_code cancelled, int signal) {
      if (cancelled) return;
      if (signal == SIGHUP) {
        reload_();
        return wait();
      }
      boost::system::error_code ignored;
      signals_.clear(ignored);
      stop_();
    });
  }

  asio::signal_set signals_;
  std::function<void()> stop_, reload_;
};

/// Names each setting that differs and cannot change while the server runs.
void note_restarts(const ServerSettings& running, const ServerSettings& fresh, Log& log) {
  for (const auto& row : server_settings_table()) {
    const auto differs = [&](auto member) { return running.*member != fresh.*member; };
    if (row.needs_restart && std::visit(differs, row.member)) {
      log.warning("this change of the configuration takes a restart", {{"key", row.key}});
    }
  }
}

}  // namespace

Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, Clock& clock, Log& log) {
  asio::io_context context(1);
  asio::thread_pool workers(1);
  const HttpLimits limits = http_limits(settings);
  const auto gate = make_open_gate();
  Ingest ingest(*store.writer, *gate, clock, log);
  Services services{*store.reader, *store.writer, *store.database, ingest, clock, log, limits.max_body_bytes};
  Dispatcher dispatcher(routes(), *gate, services, workers);
  Listener listener(context, limits, dispatcher, log);
  if (auto listening = listen_everywhere(listener, settings, log); !listening) return listening.error();

  const auto stop = [&] {
    log.info("stopping");
    listener.stop();
  };
  const auto reload = [&] {
    const auto fresh = read_again();
    if (!fresh)
      return log.warning("configuration refused", {{"error", std::string_view(fresh.error().message)}});
    note_restarts(settings, *fresh, log);
    listener.set_limits(http_limits(*fresh));
    log.info("configuration read again");
  };
  const Signals signals(context, stop, reload);
  context.run();
  workers.join();
  ingest.stop();
  log.info("stopped");
  return {};
}

}  // namespace activitytrack::server
