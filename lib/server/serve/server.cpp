#include "server/serve/server.hpp"

#include "server/accounts/gate.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/users.hpp"
#include "server/api/metrics.hpp"
#include "server/api/readiness.hpp"
#include "server/api/routes.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/ingest.hpp"
#include "server/events/postgres_schema.hpp"
#include "server/http/listener.hpp"
#include "server/http/tls.hpp"
#include "server/maintenance/maintenance.hpp"

#include <sys/resource.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>

#include <csignal>
#include <cstdio>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t other_files = 200;  // databases, logs, and connections that are turned away

std::size_t files_for_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
  return files.rlim_cur > 2 * other_files ? files.rlim_cur - other_files : files.rlim_cur / 2;
}

HttpLimits http_limits(const ServerSettings& settings) {
  constexpr std::size_t mib = 1024 * 1024;
  HttpLimits limits;
  limits.max_connections = static_cast<std::size_t>(settings.max_connections);
  limits.max_body_bytes = static_cast<std::size_t>(settings.max_body_mib) * mib;
  limits.max_stream_bytes = static_cast<std::size_t>(settings.max_screenshot_mib) * mib;
  limits.max_bodies_bytes = static_cast<std::size_t>(settings.max_bodies_mib) * mib;
  limits.header_timeout = std::chrono::seconds(settings.header_timeout_sec);
  limits.body_timeout = std::chrono::seconds(settings.body_timeout_sec);
  limits.write_timeout = std::chrono::seconds(settings.write_timeout_sec);
  limits.idle_timeout = std::chrono::seconds(settings.idle_timeout_sec);
  limits.hsts_max_age = std::chrono::seconds(settings.hsts_max_age_sec);
  return limits;
}

/// The HTTP edge as the settings want it, with the files of TLS read. `before` is the TLS in use until now. Logs when
/// fewer connections can be had than wanted.
Result<HttpConfig> make_http_config(const ServerSettings& settings, Log& log, const TlsContext* before = nullptr) {
  HttpConfig config;
  config.limits = http_limits(settings);
  config.insecure_listen = settings.insecure_listen;
  if (const auto possible = files_for_connections(); possible < config.limits.max_connections) {
    log.warning("fewer connections than max_connections: raise the limit of open files",
                {{"connections", possible}, {"max_connections", settings.max_connections}});
    config.limits.max_connections = possible;
  }
  for (const std::string& proxy : settings.trusted_proxy) {
    if (auto added = config.proxies.add(proxy); !added) return added.error();
  }
  if (settings.tls_cert.empty()) return config;
  auto tls = TlsContext::make({settings.tls_cert, settings.tls_key, settings.tls_ticket_keys}, before);
  if (!tls) return tls.error();
  config.tls = std::move(*tls);
  return config;
}

/// Prints a link that makes the first user of a server that has none yet. `address` is where it listens.
Result<void> offer_setup(const ServerSettings& settings, std::string_view address, Database& database, Clock& clock) {
  if (settings.auth == "none") return {};
  const auto link = create_setup_link(database, clock.now());
  if (!link) return link.error();
  if (!*link) return {};
  std::string text = "There is no user yet. Make the first one, within a day, at\n  ";
  text.append(settings.tls_cert.empty() ? "http://" : "https://").append(address);
  text.append("/setup?token=").append((*link)->text);
  text.append("\nor with: activitytrack-server user add NAME --role admin\n");
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return {};
}

/// Calls `stop` at the first SIGTERM or SIGINT, `reload` at each SIGHUP.
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

/// For PostgreSQL, whose events lie in a part for each month.
Maintenance::DropParts drop_parts_of(const std::string& database_url) {
  if (!is_postgres_url(database_url)) return {};
  return [database_url](Time before) { return drop_months_before(database_url, before); };
}

std::unique_ptr<Gate> make_gate(const ServerSettings& settings, Database& database, Clock& clock, Log& log) {
  return settings.auth == "none" ? make_open_gate() : make_account_gate(database, clock, log);
}

}  // namespace

struct Server::Parts {
  Parts(asio::io_context& context, ServerSettings wanted, HttpConfig config, Store opened, PictureParts opened_pictures,
        Clock& clock, Log& lines)
      : settings(std::move(wanted)),
        log(lines),
        store(std::move(opened)),
        pictures(std::move(opened_pictures)),
        gate(make_gate(settings, *store.database, clock, log)),
        ingest(*store.writer, *gate, clock, log),
        readiness(*store.database, clock, log),
        screenshots{*store.database, *pictures.store, *pictures.uploads, clock, screenshot_limits(settings)},
        services{*store.reader,
                 *store.writer,
                 *store.database,
                 ingest,
                 clock,
                 log,
                 passwords,
                 stats,
                 readiness,
                 screenshots,
                 config.limits.max_body_bytes},
        dispatcher(table, *gate, log, {&readers, &incoming, &outgoing, &workers}),
        listener(context, std::move(config), dispatcher, stats.http, log),
        maintenance(*store.database, screenshots, clock, log, retention_of(settings),
                    drop_parts_of(settings.database)) {}

  ~Parts() {
    pictures.store->cancel();
    for (auto* pool : {&workers, &readers, &incoming, &outgoing}) pool->join();
    maintenance.stop();
    passwords.stop();
    ingest.stop();
  }

  const ServerSettings settings;
  Log& log;
  Store store;
  PictureParts pictures;
  asio::thread_pool workers{2}, readers{2}, incoming{2}, outgoing{2};
  Stats stats{endpoints().size()};
  const std::unique_ptr<Gate> gate;
  Ingest ingest;
  PasswordQueue passwords{log};
  Readiness readiness;
  Screenshots screenshots;
  Services services;
  const std::vector<Route> table = routes(services);
  Dispatcher dispatcher;
  Listener listener;
  Maintenance maintenance;
};

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::make(asio::io_context& context, ServerSettings settings, Store store,
                                             PictureParts pictures, Clock& clock, Log& log) {
  auto config = make_http_config(settings, log);
  if (!config) return config.error();
  auto parts = std::make_unique<Parts>(context, std::move(settings), std::move(*config), std::move(store),
                                       std::move(pictures), clock, log);
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Result<void> Server::listen() {
  std::string first;
  for (const std::string& text : parts_->settings.listen) {
    const auto endpoint = parse_listen_address(text);
    if (!endpoint) return endpoint.error();
    const auto address = parts_->listener.listen(*endpoint);
    if (!address) return address.error();
    if (first.empty()) first = *address;
    parts_->log.info("listening", {{"address", std::string_view(*address)}});
  }
  return offer_setup(parts_->settings, first, *parts_->store.database, parts_->services.clock);
}

Result<void> Server::configure(const ServerSettings& fresh) {
  if (auto fits = check_reload(parts_->settings, fresh); !fits) return fits;
  auto config = make_http_config(fresh, parts_->log, parts_->listener.config().tls.get());
  if (!config) return config.error();
  note_restarts(parts_->settings, fresh, parts_->log);
  parts_->listener.configure(std::move(*config));
  parts_->maintenance.configure(retention_of(fresh));
  return {};
}

void Server::stop() {
  parts_->listener.stop([&parts = *parts_] { parts.pictures.store->cancel(); });  // a bucket may never answer
}

Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log) {
  asio::io_context context(1);
  auto server = Server::make(context, settings, std::move(store), std::move(pictures), clock, log);
  if (!server) return server.error();
  const auto stop = [&] {
    log.info("stopping");
    (*server)->stop();
  };
  const auto reload = [&] {
    const auto fresh = read_again();
    const auto taken = fresh ? (*server)->configure(*fresh) : Result<void>(fresh.error());
    if (!taken) return log.warning("configuration refused", {{"error", std::string_view(taken.error().message)}});
    log.info("configuration read again");
  };
  // Before the log says that the server listens: a signal that is sent then is meant.
  const Signals signals(context, stop, reload);
  if (auto listening = (*server)->listen(); !listening) return listening;
  context.run();
  server->reset();
  log.info("stopped");
  return {};
}

}  // namespace activitytrack::server
