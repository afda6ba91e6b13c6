#include "server/serve/server.hpp"

#include "server/accounts/access.hpp"
#include "server/accounts/password_queue.hpp"
#include "server/accounts/users.hpp"
#include "server/api/monitoring.hpp"
#include "server/api/routes.hpp"
#include "server/configuration/feed.hpp"
#include "server/configuration/rollout_rows.hpp"
#include "server/configuration/rollout_view.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/ingest.hpp"
#include "server/events/postgres_schema.hpp"
#include "server/fleet/fleet_days.hpp"
#include "server/fleet/live_news.hpp"
#include "server/fleet/news_wire.hpp"
#include "server/fleet/webhook.hpp"
#include "server/http/listener.hpp"
#include "server/maintenance/maintenance.hpp"
#include "server/serve/http_settings.hpp"
#include "server/serve/sign_in_settings.hpp"
#include "server/website/website.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <memory>

namespace activitytrack::server {
namespace {

namespace asio = boost::asio;

/// Prints a link that makes the first admin of a server that has none yet. `address` is where it listens.
Result<void> offer_setup(const ServerSettings& settings, std::string_view address, Database& database, Clock& clock,
                         Log& log) {
  if (settings.auth == "none") return {};
  const auto link = create_setup_link(database, clock.now());
  if (!link) return link.error();
  if (!*link) return {};
  const std::string command = "activitytrack-server user add NAME --role admin " +
                              place_options(settings.data_dir, sqlite_path(settings.database).value_or(""));
  std::string text = "Nobody administrates this server yet. Make the first account, within a day, at\n  ";
  const auto origin = public_origin(settings);
  if (origin.empty()) text.append(settings.tls_cert.empty() ? "http://" : "https://").append(address);
  text.append(origin).append("/setup?token=").append((*link)->text).append("\nor with: ").append(command) += '\n';
  if (std::fputs(text.c_str(), stdout) != EOF && std::fflush(stdout) == 0) return {};
  log.warning("standard output takes no link that makes the first admin; make them by a command",
              {{"command", std::string_view(command)}});
  return end_setup_link(database, (*link)->id);
}

/// What the server shows to browsers; null if it was built without.
Result<std::unique_ptr<Website>> find_website(const ServerSettings& settings) {
  if (!settings.website.empty()) return make_website_of_folder(settings.website);
  const auto files = built_in_website();
  return files.empty() ? nullptr : make_website(files);
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
  fresh.metrics_listen = running.metrics_listen;
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

/// For PostgreSQL, whose database may have other servers.
std::unique_ptr<NewsWire> wire_of(const std::string& database_url, Database& database) {
  return is_postgres_url(database_url) ? std::make_unique<NewsWire>(database, database_url) : nullptr;
}

constexpr std::size_t max_queued_events = 100'000;

/// The server without its signals. One thread, the network's, runs `context` and calls all of this; what stores, reads,
/// hashes or cleans up has threads of its own (ARCHITECTURE.md), which start here. The context, clock and log are
/// borrowed.
class Server {
 public:
  Server(asio::io_context& context, const ServerSettings& wanted, HttpConfig config, Store opened,
         PictureParts opened_pictures, std::unique_ptr<OpenIdProvider> openid, std::unique_ptr<Website> website,
         Clock& clock, Log& log)
      : settings_(wanted),
        log_(log),
        store_(std::move(opened)),
        pictures_(std::move(opened_pictures)),
        openid_(std::move(openid)),
        website_(std::move(website)),
        gate_(settings_.auth == "none" ? make_open_gate() : make_account_gate(*store_.database, clock, log)),
        ingest_(*store_.writer, *gate_, clock, log, max_queued_events, settings_.max_events_per_machine_day),
        passwords_(log),
        readiness_(*store_.database, clock, log),
        screenshots_{*store_.database, *pictures_.store, *pictures_.uploads, clock, screenshot_limits(settings_)},
        machine_states_(*store_.database, log),
        configuration_(*store_.database, *store_.reader, clock, log, config.limits.max_waiting),
        live_({*store_.reader,
               {*store_.database, machine_states_, configuration_},
               wire_of(settings_.database, *store_.database),
               clock,
               log,
               static_cast<std::size_t>(settings_.max_live)}),
        webhook_({*store_.reader,
                  {*store_.database, machine_states_, configuration_},
                  clock,
                  log,
                  settings_.webhook_private}),
        services_{*store_.reader,
                  *store_.writer,
                  *store_.database,
                  ingest_,
                  clock,
                  log,
                  passwords_,
                  stats_,
                  readiness_,
                  screenshots_,
                  configuration_,
                  machine_states_,
                  usual_days_,
                  config.limits.max_body_bytes,
                  config.public_origin,
                  openid_.get(),
                  parse_second_factor_rule(settings_.require_second_factor).value_or(SecondFactorRule::none),
                  website_.get(),
                  &live_,
                  &webhook_},
        dispatcher_(table_, *gate_, log, stats_.http,
                    {&readers_, &incoming_, &outgoing_, &checks_, &handshakes_, &sign_ins_}),
        listener_(context, std::move(config), dispatcher_, stats_.http, log),
        maintenance_(*store_.database, screenshots_, clock, log, retention_of(settings_),
                     drop_parts_of(settings_.database)) {
    ingest_.on_heard([this](std::span<const std::string> machines) { live_.note_heard_of(machines); });
    machine_states_.on_news([this](const std::string& machine) { live_.note_said(machine); });
    configuration_.listen([this](const Layers&) { tell_rollout(); });
    webhook_.start();
  }

  /// To be called when the context has run out of work: ends the workers, stores what is queued, closes the store.
  ~Server() {
    cancel_calls();
    for (auto* pool : {&checks_, &readers_, &incoming_, &outgoing_, &handshakes_, &sign_ins_}) pool->join();
    maintenance_.stop();
    configuration_.stop();
    passwords_.stop();
    machine_states_.stop();
    ingest_.stop();
  }

  /// Begins to accept on every address of the settings. Prints, on standard output, a link that makes the first user if
  /// there is none yet.
  Result<void> listen() {
    const bool apart = !settings_.metrics_listen.empty();
    const auto first = listen_on(settings_.listen, apart ? Offer::all_but_monitoring : Offer::all, "listening");
    if (!first) return first.error();
    const auto metrics = listen_on(settings_.metrics_listen, Offer::monitoring, "listening for metrics");
    if (!metrics) return metrics.error();
    outgoing_.go_on("the server", [this] { warn_without_credentials(); });
    return offer_setup(settings_, *first, *store_.database, services_.clock, log_);
  }

  /// Adopts what may change while the server runs; names in the log what takes a restart. An error changes nothing.
  Result<void> configure(const ServerSettings& fresh) {
    if (auto fits = check_reload(settings_, fresh); !fits) return fits;
    auto config = make_http_config(fresh, log_, listener_.config().tls.get());
    if (!config) return config.error();
    note_restarts(settings_, fresh, log_);
    configuration_.set_most_waiting(config->limits.max_waiting);
    listener_.configure(std::move(*config));
    maintenance_.configure(retention_of(fresh));
    return {};
  }

  /// Accepts no more; closes idle connections, lets requests under way finish (5 s). The context runs out of work then.
  void stop() {
    live_.stop();
    configuration_.stop();  // answers those that wait
    listener_.stop([this] { cancel_calls(); });
  }

 private:
  /// Begins to accept on all of them, and returns the first, with the port that was found for 0; "" if there is none.
  Result<std::string> listen_on(const std::vector<std::string>& addresses, Offer offer, std::string_view done) {
    std::string first;
    for (const std::string& text : addresses) {
      const auto endpoint = parse_listen_address(text);
      if (!endpoint) return endpoint.error();
      const auto address = listener_.listen(*endpoint, offer);
      if (!address) return address.error();
      if (first.empty()) first = *address;
      log_.info(done, {{"address", std::string_view(*address)}});
    }
    return first;
  }

  /// Those who watch, on the feed's thread, of where the latest rollout is, if that is new.
  void tell_rollout() {
    const auto rollout = latest_rollout(*store_.database);
    if (!rollout || !*rollout) return;
    std::string news = rollout_news(**rollout);
    if (news != told_rollout_) live_.tell_all("rollout", told_rollout_ = std::move(news));
  }

  /// Of other services, which may never answer.
  void cancel_calls() {
    pictures_.store->cancel();
    webhook_.stop();
    if (openid_) openid_->cancel();
  }

  /// Agents would hear of it with their first picture, and the administrator from them. A service of credentials may
  /// take seconds to answer.
  void warn_without_credentials() {
    const auto found = pictures_.store->find_credentials();
    if (!found)
      log_.warning("screenshots cannot be kept yet", {{"place", std::string_view(settings_.screenshots)},
                                                      {"error", std::string_view(found.error().message)}});
  }

  const ServerSettings settings_;
  Log& log_;
  Store store_;
  PictureParts pictures_;
  // A request that waits holds a connection, of which there are not so many. A check takes less than a millisecond;
  // handshakes cost from 0.5 ms (P-256) to 5 ms (RSA of 4096 bits): what waits is done within the time that clients
  // have for one.
  FairPool readers_{{}};
  FairPool incoming_{{.most_waiting = 64, .most_waiting_each = 32}},
      outgoing_{{.most_waiting = 64, .most_waiting_each = 32}};
  FairPool checks_{{.most_waiting = 4096, .most_waiting_each = 1024}};
  FairPool handshakes_{{.most_waiting = 4096, .most_waiting_each = 4096}};
  FairPool sign_ins_{{.threads = 2, .most_waiting = 256}};
  Stats stats_{endpoints().size()};
  const std::unique_ptr<OpenIdProvider> openid_;
  const std::unique_ptr<Website> website_;
  const std::unique_ptr<Gate> gate_;
  Ingest ingest_;
  PasswordQueue passwords_;
  Readiness readiness_;
  Screenshots screenshots_;
  MachineStates machine_states_;
  ConfigurationFeed configuration_;
  UsualDays usual_days_;
  LiveNews live_;
  std::string told_rollout_;  ///< only the feed's thread uses it
  Webhook webhook_;
  Services services_;
  const std::vector<Route> table_ = routes(services_);
  Dispatcher dispatcher_;
  Listener listener_;
  Maintenance maintenance_;
};

}  // namespace

Result<void> serve(const ServerSettings& settings, const std::function<Result<ServerSettings>()>& read_again,
                   Store store, PictureParts pictures, Clock& clock, Log& log) {
  asio::io_context context(1);
  allow_open_files(log);
  auto config = make_http_config(settings, log);
  if (!config) return config.error();
  if (auto opened = open_access_log(settings, *config, log); !opened) return opened;
  auto service = openid_options(settings);
  if (!service) return service.error();
  auto openid = *service ? std::make_unique<OpenIdProvider>(std::move(**service)) : nullptr;
  auto website = find_website(settings);
  if (!website) return website.error();
  auto server = std::make_unique<Server>(context, settings, std::move(*config), std::move(store), std::move(pictures),
                                         std::move(openid), std::move(*website), clock, log);
  const auto stop = [&] {
    log.info("stopping");
    server->stop();
  };
  const auto reload = [&] {
    const auto fresh = read_again();
    const auto taken = fresh ? server->configure(*fresh) : Result<void>(fresh.error());
    if (!taken) return log.warning("configuration refused", {{"error", std::string_view(taken.error().message)}});
    log.info("configuration read again");
  };
  // Before the log says that the server listens: a signal that is sent then is meant.
  const Signals signals(context, stop, reload);
  if (auto listening = server->listen(); !listening) return listening;
  context.run();
  server.reset();
  log.info("stopped");
  return {};
}

}  // namespace activitytrack::server
