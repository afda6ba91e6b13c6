#include "server/serve/server.hpp"

#include "server/accounts/gate.hpp"
#include "server/api/handlers.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/postgres_partitions.hpp"
#include "server/http/listen_address.hpp"
#include "server/http/listener.hpp"
#include "server/maintenance/maintenance.hpp"
#include "server/serve/http_config.hpp"
#include "server/serve/offer_setup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include <csignal>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;

/// Gives the first of the addresses.
Result<std::string> listen_everywhere(Listener& listener, const ServerSettings& settings, Log& log) {
  std::string first;
  for (const std::string& text : settings.listen) {
    const auto endpoint = parse_listen_address(text);
    if (!endpoint) return endpoint.error();
    const auto address = listener.listen(*endpoint);
    if (!address) return address.error();
    if (first.empty()) first = *address;
    log.info("listening", {{"address", std::string_view(*address)}});
  }
  return first;
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

/// The settings as they would be in force: those that need a restart stay.
Result<void> check_reload(const ServerSettings& running, ServerSettings fresh) {
  fresh.listen = running.listen;
  fresh.auth = running.auth;
  return check_together(fresh);
}

Retention retention_of(const ServerSettings& settings) {
  return {settings.retention_days, settings.hours_retention_days, settings.audit_retention_days,
          settings.screenshots_retention_days};
}

/// Of PostgreSQL, whose events lie in a part for each month.
Maintenance::DropParts drop_parts_of(const std::string& database_url) {
  if (!is_postgres_url(database_url)) return {};
  return [database_url](Time before) { return drop_months_before(database_url, before); };
}

std::unique_ptr<Gate> make_gate(const ServerSettings& settings, Database& database, Clock& clock, Log& log) {
  return settings.auth == "none" ? make_open_gate() : make_account_gate(database, clock, log);
}

}  // namespace

Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log) {
  asio::io_context context(1);
  asio::thread_pool workers(2), readers(2), incoming(2), outgoing(2);
  auto config = make_http_config(settings, log);
  if (!config) return config.error();
  Stats stats(endpoints().size());
  const auto gate = make_gate(settings, *store.database, clock, log);
  Ingest ingest(*store.writer, *gate, clock, log);
  PasswordQueue passwords;
  Readiness readiness(*store.database, clock, log);
  Screenshots screenshots{*store.database, *pictures.store, *pictures.uploads, clock, screenshot_limits(settings)};
  Services services{*store.reader,
                    *store.writer,
                    *store.database,
                    ingest,
                    clock,
                    log,
                    passwords,
                    stats,
                    readiness,
                    screenshots,
                    config->limits.max_body_bytes};
  const std::vector<Route> table = routes(services);
  Dispatcher dispatcher(table, *gate, log, {workers, readers, incoming, outgoing});
  Listener listener(context, std::move(*config), dispatcher, stats.http, log);
  Maintenance maintenance(*store.database, screenshots, clock, log, retention_of(settings),
                          drop_parts_of(settings.database));

  const auto stop = [&] {
    log.info("stopping");
    listener.stop([&] { pictures.store->cancel(); });  // a bucket that does not answer holds nobody up
  };
  const auto reload = [&] {
    const auto fresh = read_again();
    if (!fresh) return log.warning("configuration refused", {{"error", std::string_view(fresh.error().message)}});
    if (auto fits = check_reload(settings, *fresh); !fits)
      return log.warning("configuration refused", {{"error", std::string_view(fits.error().message)}});
    auto fresh_config = make_http_config(*fresh, log, listener.config().tls.get());
    if (!fresh_config) {
      return log.warning("configuration refused", {{"error", std::string_view(fresh_config.error().message)}});
    }
    note_restarts(settings, *fresh, log);
    listener.configure(std::move(*fresh_config));
    maintenance.configure(retention_of(*fresh));
    log.info("configuration read again");
  };
  // Before anyone is told that the server listens: who then sends a signal means it.
  const Signals signals(context, stop, reload);
  const auto listening = listen_everywhere(listener, settings, log);
  if (!listening) return listening.error();
  if (auto offered = offer_setup(settings, *listening, *store.database, clock); !offered) return offered.error();

  context.run();
  pictures.store->cancel();
  workers.join();
  readers.join();
  incoming.join();
  outgoing.join();
  maintenance.stop();
  passwords.stop();
  ingest.stop();
  log.info("stopped");
  return {};
}

}  // namespace activitytrack::server
