#include "server/serve/settings.hpp"

#include "core/text.hpp"
#include "net/url.hpp"
#include "server/accounts/second_factor.hpp"
#include "server/database/postgres_database.hpp"
#include "server/http/http_config.hpp"
#include "server/serve/sign_in_settings.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>

namespace activitytrack::server {
namespace {

Result<void> wrong(std::string what) { return Error{ErrorCode::invalid_input, std::move(what)}; }

Result<void> check_listen(std::string_view text) {
  const auto address = parse_listen_address(text);
  return address ? Result<void>() : address.error();
}

Result<void> check_proxy(std::string_view text) { return TrustedProxies().add(text); }

/// A variable that is not set leaves it empty by mistake, and the default would be used in silence.
Result<void> check_given(std::string_view text) {
  return text.empty() ? wrong("is empty; leave it out for the default") : Result<void>();
}

Result<void> check_database(std::string_view text) {
  if (text.empty()) return check_given(text);
  if (text.starts_with("sqlite:") && text.size() > 7) return {};
  if (is_postgres_url(text)) return check_postgres_url(text);
  return wrong("must be sqlite:PATH or postgresql://USER@HOST:5432/DATABASE");
}

Result<void> check_screenshots(std::string_view text) {
  constexpr std::string_view folder = "file:";
  if (text.empty()) return check_given(text);
  if (text.starts_with(folder) && text.size() > folder.size()) return {};
  S3Options ignored;
  if (text.starts_with("s3://")) return set_s3_place(text, ignored);
  return wrong("must be file:DIR or s3://BUCKET/PREFIX");
}

/// Without TLS only on this machine, for trying things out: browsers keep what is secret to themselves there.
Result<void> check_public_url(std::string_view text) {
  if (text.empty()) return check_given(text);
  const auto url = parse_url(text);
  const bool is_origin = url && url->user.empty() && url->password.empty() && url->target == "/" &&
                         text.find_first_of("?#@") == std::string_view::npos;
  if (!is_origin) return wrong("must be https://HOST[:PORT], without a path");
  if (is_trustworthy(*url)) return {};
  return wrong("must begin with https://: people's passwords go there; http:// only at localhost");
}

Result<void> check_endpoint(std::string_view text) {
  if (text.empty() || text.starts_with("https://") || text.starts_with("http://")) return {};
  return wrong("must be https://HOST[:PORT]");
}

using Row = Setting<ServerSettings>;
using S = ServerSettings;

constexpr Row number(std::string_view key, std::int64_t S::*member, std::string_view unit, std::int64_t max,
                     std::string_view help) {
  return {key, key, member, unit, help, 1, max};
}

constexpr Row days(std::string_view key, std::int64_t S::*member, std::string_view help) {
  return {key, key, member, "days", help, 0, 36'500};
}

template <class T>
constexpr Row text(std::string_view key, T S::*member, std::string_view kind, std::string_view help,
                   Result<void> (*check)(std::string_view) = nullptr) {
  return {key, key, member, kind, help, 0, 0, false, true, check};
}

constexpr Row one_of(std::span<const std::string_view> choices, Row row) {
  row.choices = choices;
  return row;
}

constexpr std::array<std::string_view, 2> auth_words{"required", "none"};
constexpr std::array<std::string_view, 2> access_log_words{"combined", "json"};
constexpr std::array<std::string_view, 3> sse_words{"", "AES256", "aws:kms"};

constexpr Row flag(std::string_view key, bool S::*member, std::string_view help) { return text(key, member, "", help); }

/// 0 stands for none.
constexpr Row mib_or_none(std::string_view key, std::int64_t S::*member, std::string_view help) {
  return {key, key, member, "MiB", help, 0, 1'000'000'000, false, true};
}

constexpr std::array table{
    text("listen", &S::listen, "ADDRESS", "Address and port to listen on; port 0: any free one. May be given again.",
         check_listen),
    text("metrics_listen", &S::metrics_listen, "ADDRESS",
         "Address and port for /metrics alone, which is at no other then. May be given again.", check_listen),
    Row{.key = "database",
        .ini = "database",
        .member = &S::database,
        .unit = "URL",
        .help = "Where events are kept: sqlite:PATH, by default server.db below the data folder, or postgresql://...",
        .secret = true,
        .needs_restart = true,
        .check = check_database},
    text("data_dir", &S::data_dir, "DIR",
         "The server's folder; by default /var/lib/activity-tracker for root, else "
         "~/.local/share/activity-tracker/server.",
         check_given),
    one_of(auth_words,
           text("auth", &S::auth, "WORD",
                "required: agents and people prove who they are. none: everyone may do everything, only on loopback.")),
    text("oidc_issuer", &S::oidc_issuer, "URL",
         "Service by which people sign in (OpenID Connect), as it names itself; needs public_url.",
         check_openid_issuer),
    text("oidc_client_id", &S::oidc_client_id, "ID", "The name under which that service knows this server."),
    text("oidc_client_secret_file", &S::oidc_client_secret_file, "FILE",
         "The secret that goes with it, alone in a file; without one the server is a public client."),
    text("oidc_ca_file", &S::oidc_ca_file, "FILE",
         "Authorities to trust at that service, as PEM; by default the system's."),
    text("oidc_scopes", &S::oidc_scopes, "WORDS", "What the service is asked for, with spaces between."),
    text("oidc_name_claim", &S::oidc_name_claim, "CLAIM", "The claim that names a person here."),
    text("oidc_role", &S::oidc_role, "ROW",
         "Who may do what: 'CLAIM=VALUE -> ROLE [MACHINE]...', as 'groups=admins -> admin'; the first that matches "
         "gives the role. A machine is an id, or {CLAIM}. May be given again.",
         check_openid_role),
    flag("oidc_only", &S::oidc_only, "Nobody signs in by password."),
    one_of(
        second_factor_rules,
        text("require_second_factor", &S::require_second_factor, "WORD",
             "Who must give a code beside the password, and is led to set it up at the next sign-in: none, admins or "
             "all.")),
    flag("webhook_private", &S::webhook_private,
         "Lets the webhook ask addresses of private networks, as 10.0.0.1; else only those of the internet, and this "
         "machine's own."),
    Row{"tls_cert", "tls_cert", &S::tls_cert, "FILE",
        "Certificate for TLS, with its chain, as PEM. Read again at SIGHUP, as are the other files."},
    Row{"tls_key", "tls_key", &S::tls_key, "FILE", "The certificate's key, as PEM, without a password."},
    Row{"tls_ticket_keys", "tls_ticket_keys", &S::tls_ticket_keys, "FILE",
        "Keys for session tickets that several servers share: 80 random bytes each, the first for new tickets."},
    Row{"hsts_max_age_sec", "hsts_max_age_sec", &S::hsts_max_age_sec, "s",
        "How long browsers insist on TLS once they used it; 0: they do not.", 0, 315'360'000},
    text("public_url", &S::public_url, "URL",
         "Where people reach the server, as https://HOST[:PORT]; needed where a proxy sends another Host on.",
         check_public_url),
    text("website", &S::website, "DIR",
         "Serves the website from this folder, and not the one that is built in: for work on its pages.", check_given),
    Row{"trusted_proxy", "trusted_proxy", &S::trusted_proxy, "ADDRESS",
        "A proxy (10.0.0.1, 10.0.0.0/8) whose X-Forwarded-For, -Proto and -Host are believed. May be given again.", 0,
        0, false, false, check_proxy},
    Row{"insecure_listen", "insecure_listen", &S::insecure_listen, "",
        "Listens on any address without TLS: anyone on the way can read and change everything."},
    days("retention_days", &S::retention_days, "How long events are kept; 0: for ever."),
    days("hours_retention_days", &S::hours_retention_days,
         "How long hourly totals are kept, from which summaries and timelines are made; 0: for ever."),
    days("audit_retention_days", &S::audit_retention_days, "How long the audit log is kept; 0: for ever."),
    days("screenshots_retention_days", &S::screenshots_retention_days, "How long screenshots are kept; 0: for ever."),
    text("screenshots", &S::screenshots, "URL",
         "Where the pictures of screenshots are kept: file:DIR, by default screenshots below the data folder, or "
         "s3://BUCKET/PREFIX.",
         check_screenshots),
    flag("screenshots_presigned", &S::screenshots_presigned,
         "With s3://: agents put their pictures into the bucket by themselves, by addresses that the server signs "
         "for each."),
    number("max_screenshot_mib", &S::max_screenshot_mib, "MiB", 4096, "Greatest picture of a screenshot."),
    mib_or_none("screenshots_max_mib_per_machine", &S::screenshots_max_mib_per_machine,
                "How much all screenshots of a machine may take; 0: no limit."),
    mib_or_none("screenshots_reserve_mib", &S::screenshots_reserve_mib,
                "How much pictures leave free of the server's disks, which events need too; 0: nothing."),
    text("s3_region", &S::s3_region, "NAME", "The bucket's region."),
    text("s3_endpoint", &S::s3_endpoint, "URL", "Of another service than AWS that speaks S3: https://HOST[:PORT].",
         check_endpoint),
    flag("s3_path_style", &S::s3_path_style, "Asks for ENDPOINT/BUCKET/KEY, not BUCKET.ENDPOINT/KEY."),
    flag("s3_presign_hash", &S::s3_presign_hash,
         "Whether signed addresses hold the picture's hash, so that the service checks it. With false, for services "
         "that know no such address, the server reads each picture and checks it."),
    text("s3_profile", &S::s3_profile, "NAME",
         "Of the shared AWS files. Keys come from the environment, a web identity, these files, the container or the "
         "instance, the first that has any."),
    one_of(sse_words, text("s3_sse", &S::s3_sse, "WORD", "How the service encrypts what it keeps: AES256 or aws:kms.")),
    text("s3_sse_kms_key", &S::s3_sse_kms_key, "ID", "The key of aws:kms."),
    text("s3_ca_file", &S::s3_ca_file, "FILE",
         "Authorities to trust at the S3 service, as PEM; by default the system's."),
    number("max_connections", &S::max_connections, "", 1'000'000,
           "Connections at a time, at most as many as open files are allowed; further ones are answered 503."),
    Row{"max_live", "max_live", &S::max_live, "",
        "Pages with live updates at a time, apart from connections; further ones are answered 503.", 0, 1'000'000,
        false, true},
    number("max_waiting_agents", &S::max_waiting_agents, "", 1'000'000,
           "Agents that wait for their configuration at a time; further ones are answered 503, and get it when they "
           "send. Their connections do not count as such, in all or of an address."),
    Row{"max_connections_per_address", "max_connections_per_address", &S::max_connections_per_address, "",
        "Connections at a time of one address; further ones are answered 503. Proxies that are trusted may have all. "
        "0: half of max_connections.",
        0, 1'000'000},
    Row{"max_handshakes_per_min", "max_handshakes_per_min", &S::max_handshakes_per_min, "",
        "TLS connections that one address may make in a minute; further ones are closed. Proxies that are trusted may "
        "make any number. 0: no limit.",
        0, 1'000'000},
    Row{"max_events_per_machine_day", "max_events_per_machine_day", &S::max_events_per_machine_day, "",
        "Events that one machine may send in a day of UTC, whenever they happened; further ones are answered 429 until "
        "it ends, and agents keep them. A month offline at an event a second is 2.7 million. 0: no limit.",
        0, 1'000'000'000},
    Row{"max_body_mib", "max_body_mib", &S::max_body_mib, "MiB", "Greatest body of a request, packed and unpacked.", 1,
        64, false, true},
    number("max_bodies_mib", &S::max_bodies_mib, "MiB", 1'000'000,
           "Memory for all long bodies under way together, of which one asker has a quarter; beyond it 503."),
    number("max_answers_mib", &S::max_answers_mib, "MiB", 1'000'000,
           "Memory for all long answers that are not sent yet, of which one asker has a quarter; beyond it 503."),
    number("header_timeout_sec", &S::header_timeout_sec, "s", 3600, "Time for a request's header to arrive."),
    number("body_timeout_sec", &S::body_timeout_sec, "s", 3600, "Time for a request's body to arrive."),
    number("turn_timeout_sec", &S::turn_timeout_sec, "s", 3600,
           "Time a request waits for others before it; beyond it 503."),
    number("write_timeout_sec", &S::write_timeout_sec, "s", 3600, "Time for a client to take an answer."),
    number("idle_timeout_sec", &S::idle_timeout_sec, "s", 86400, "Time a connection may rest between requests."),
    text("access_log", &S::access_log, "FILE",
         "A line for each answer goes there; -: to standard output. Opened anew at SIGHUP. By default there is none."),
    one_of(access_log_words,
           text("access_log_format", &S::access_log_format, "WORD", "combined, as Apache and nginx have it, or json.")),
    log_level_setting<S>(),
    log_format_setting<S>(),
};

}  // namespace

std::span<const Setting<ServerSettings>> server_settings_table() { return table; }

std::string default_data_dir() {
  if (::geteuid() == 0) return "/var/lib/activity-tracker";
  return user_data_folder() + "/server";
}

std::optional<std::string> sqlite_path(const std::string& database_url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!database_url.starts_with(scheme)) return std::nullopt;
  return database_url.substr(scheme.size());
}

std::string public_origin(const ServerSettings& settings) {
  return settings.public_url.empty() ? "" : parse_url(settings.public_url).value().origin();
}

std::string absolute_path(const std::string& path) {
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::absolute(path, failed);
  return failed ? path : whole.lexically_normal().string();
}

std::string place_options(const std::string& data_dir, const std::string& database) {
  const std::string folder = "--data-dir " + shell_quoted(absolute_path(data_dir));
  if (database.empty()) return folder + " and the --database, or the --config, that it was started with";
  if (absolute_path(database) == absolute_path(data_dir + "/server.db")) return folder;
  return folder + " --database " + shell_quoted("sqlite:" + absolute_path(database));
}

Result<void> check_together(const ServerSettings& settings) {
  if (auto fits = check_sign_in(settings); !fits) return fits;
  if (settings.tls_cert.empty() != settings.tls_key.empty()) {
    return wrong(settings.tls_cert.empty() ? "tls_key needs tls_cert beside it" : "tls_cert needs tls_key beside it");
  }
  if (!settings.s3_sse_kms_key.empty() && settings.s3_sse != "aws:kms")
    return wrong("s3_sse_kms_key needs s3_sse: aws:kms");
  if (settings.auth == "none" && !settings.trusted_proxy.empty()) {
    return wrong(
        "auth: none lets everyone whom trusted_proxy lets through read and change everything: leave auth at required, "
        "or "
        "give no trusted_proxy");
  }
  if (settings.hours_retention_days > 0 &&
      (settings.retention_days == 0 || settings.hours_retention_days < settings.retention_days)) {
    const std::string hours = std::to_string(settings.hours_retention_days),
                      events = settings.retention_days == 0 ? "0, for ever" : std::to_string(settings.retention_days);
    return wrong("hours_retention_days (" + hours + ") must not be shorter than retention_days (" + events +
                 "): hours are totals of events");
  }
  if (settings.listen.empty()) return wrong("listen: at least one address is needed, as 127.0.0.1:8100");
  const bool has_tls = !settings.tls_cert.empty();
  if (!has_tls && !settings.tls_ticket_keys.empty()) return wrong("tls_ticket_keys needs tls_cert and tls_key");
  const bool is_safe = has_tls || !settings.trusted_proxy.empty() || settings.insecure_listen;
  auto addresses = settings.listen;
  addresses.insert(addresses.end(), settings.metrics_listen.begin(), settings.metrics_listen.end());
  for (const std::string& text : addresses) {
    const auto endpoint = parse_listen_address(text);
    if (!endpoint) return endpoint.error();
    if (endpoint->address().is_loopback()) continue;
    if (settings.auth == "none") {
      return wrong("auth: none lets everyone who reaches " + text +
                   " read and change everything: listen on 127.0.0.1 or [::1], or leave auth at required");
    }
    if (!is_safe) {
      return wrong("listen: " + text +
                   " can be reached by others, who could read the traffic: give tls_cert and tls_key, or trusted_proxy "
                   "behind a proxy with TLS, or listen on 127.0.0.1; insecure_listen allows it anyway");
    }
  }
  return {};
}

Result<S3Options> s3_options(const ServerSettings& settings, std::string_view url) {
  S3Options options;
  if (const auto placed = set_s3_place(url, options); !placed) return placed.error();
  options.region = settings.s3_region;
  options.endpoint = settings.s3_endpoint;
  options.path_style = settings.s3_path_style;
  options.presign_body_hash = settings.s3_presign_hash;
  options.profile = settings.s3_profile;
  options.sse = settings.s3_sse;
  options.sse_kms_key = settings.s3_sse_kms_key;
  options.ca_file = settings.s3_ca_file;
  options.user_agent = "activitytrack-server/" ACTIVITYTRACK_VERSION;
  return options;
}

}  // namespace activitytrack::server
