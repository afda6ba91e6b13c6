#include "config/settings_table.hpp"

#include "core/text.hpp"

#include <activitytrack/seal/seal.hpp>

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

Error invalid_setting(std::string what) { return {ErrorCode::invalid_input, std::move(what)}; }

/// Finds what is plainly no server's address, so that the error names the line; the HTTP client parses it in full.
Result<void> check_server_url(std::string_view url) {
  if (url.empty()) return {};
  const auto scheme_end = url.find("://");
  const std::string_view scheme = url.substr(0, scheme_end);
  if (scheme_end == url.npos || (scheme != "http" && scheme != "https")) {
    return invalid_setting("must begin with http:// or https://");
  }
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (url.find(' ') != url.npos) return invalid_setting("must hold no spaces");
  if (authority.find('@') != authority.npos) {
    return invalid_setting("must hold no user or password; the machine's token goes into credential");
  }
  if (url.find('?') != url.npos) return invalid_setting("must hold no query (?...)");
  if (authority.empty() || authority.front() == ':') return invalid_setting("names no host; as in https://host:port");
  const auto colon = authority.rfind(':');
  if (colon == authority.npos || authority.find(']', colon) != authority.npos) return {};
  const auto port = parse_number<std::uint16_t>(authority.substr(colon + 1));
  return port && *port != 0 ? Result<void>() : invalid_setting("names a bad port; as in https://host:port");
}

Result<void> check_credential(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  return plain ? Result<void>() : invalid_setting("must hold no spaces, and only ASCII");
}

Result<void> check_id_or_empty(std::string_view id) { return id.empty() ? Result<void>() : check_machine_id(id); }

Result<void> check_public_key_or_empty(std::string_view text) {
  if (text.empty()) return {};
  const Result<PublicKey> key = parse_public_key(text);
  return key ? Result<void>() : key.error();
}

using Row = Setting<Settings>;

constexpr Row number(std::string_view key, std::string_view ini, std::int64_t Settings::*member, std::string_view unit,
                     std::int64_t min, std::int64_t max, std::string_view help) {
  return {key, ini, member, unit, help, min, max};
}

constexpr Row row(std::string_view key, std::string_view ini, decltype(Row::member) member, std::string_view help,
                  Result<void> (*check)(std::string_view) = nullptr) {
  return {key, ini, member, "", help, 0, 0, false, false, check};
}

constexpr Row word(std::string_view key, std::string_view ini, std::string Settings::*member,
                   std::span<const std::string_view> choices, std::string_view help) {
  Row made = row(key, ini, member, help);
  made.choices = choices;
  return made;
}

constexpr Row secret(Row marked) {
  marked.secret = true;
  return marked;
}

constexpr Row at_start(Row marked) {
  marked.needs_restart = true;
  return marked;
}

constexpr Row tighten(Looser looser, Row marked) {
  marked.remote = Remote::tighten;
  marked.looser = looser;
  return marked;
}

constexpr Row once(Row marked) {
  marked.remote = Remote::once;
  return marked;
}

/// Sections of the table: what a server may do holds for the rows that are not marked otherwise.
struct Section {
  std::string_view name;
  Remote remote;
  std::vector<Row> rows;
};

constexpr std::array<std::string_view, 2> monitors_words{"together", "each"};
constexpr std::array<std::string_view, 3> sse_words{"", "AES256", "aws:kms"};

// One function a section, so that each fits a screen.

Section server_section() {
  return {
      "This machine and its server",
      Remote::never,
      {
          row("server_url", "server_url", &Settings::server_url,
              "Where events go: https://host[:port][/prefix]; without it they stay on this machine.", check_server_url),
          secret(row("credential", "credential", &Settings::credential,
                     "This machine's token at the server; `activitytrack-agent enroll` writes it.", check_credential)),
          row("ca_file", "ca_file", &Settings::ca_file,
              "PEM file of the authorities that may vouch for the server, in place of the system's."),
          at_start(row("machine_id", "machine_id", &Settings::machine_id,
                       "Name of this machine and user at the server; made once from host and user, then kept.",
                       check_id_or_empty)),
          at_start(row("buffer_path", "buffer_path", &Settings::buffer_path,
                       "File that keeps events until the server has them; by default "
                       "~/.local/share/activity-tracker/buffer.db.")),
          row("remote.may_loosen", "may_loosen", &Settings::remote_may_loosen,
              "Whether the server may also loosen settings that protect the person at this machine, such as "
              "screenshots.blur (docs/configuration.md); else it may only tighten them."),
      }};
}

Section collecting_section() {
  return {
      "Collecting",
      Remote::free,
      {
          number("collect_interval_sec", "collect_interval", &Settings::collect_interval_sec, "s", 1, 3600,
                 "One event for each interval of this length, aligned to the clock."),
          number("idle_after_sec", "idle_after", &Settings::idle_after_sec, "s", 1, 3600,
                 "Time after an input that still counts as active."),
          row("features.track_system_stats", "track_system_stats", &Settings::track_system_stats,
              "Whether the load of CPU, memory and disks is collected."),
          tighten(Looser::more, row("features.window_titles", "window_titles", &Settings::window_titles,
                                    "Whether titles of windows are collected; if not, the application's name only.")),
          at_start(row("features.judge_behaviour", "judge_behaviour", &Settings::judge_behaviour,
                       "Whether input is judged by how it behaves; if not, only by the device that it comes from.")),
          tighten(
              Looser::more,
              row("features.input_measures", "input_measures", &Settings::input_measures,
                  "Whether each event holds the measures that its input was judged by (docs/genuine-input.md), so that "
                  "the verdict can be reproduced.")),
      }};
}

Section sending_section() {
  return {
      "Buffer and sending",
      Remote::free,
      {
          number("send_interval_sec", "send_interval", &Settings::send_interval_sec, "s", 1, 86'400,
                 "How often what was collected is sent."),
          // A smaller one drops at once what was collected and not sent yet.
          tighten(Looser::less, number("buffer_max_age_days", "buffer_max_age", &Settings::buffer_max_age_days, "days",
                                       1, 3650, "Events that could not be sent for longer are dropped, oldest first.")),
          tighten(Looser::less, number("buffer_max_mib", "buffer_max_size", &Settings::buffer_max_mib, "MiB", 1, 65'536,
                                       "When the buffer grows larger, events are dropped, oldest first.")),
      }};
}

Section screenshots_section() {
  return {
      "Screenshots",
      Remote::free,
      {
          tighten(Looser::more,
                  row("features.screenshots", "screenshots", &Settings::screenshots, "Whether screenshots are taken.")),
          tighten(
              Looser::more,
              word("screenshots.when", "screenshot_when", &Settings::screenshot_when, screenshot_when_words,
                   "When a screenshot is taken, only while the person is active: interval (by the clock), random (once "
                   "in each interval, at a moment that nobody can foresee) or focus (when another window gets the "
                   "focus).")),
          tighten(Looser::less,
                  number("screenshots.interval_min", "screenshot_interval", &Settings::screenshot_interval_min, "min",
                         1, 1440, "How often a screenshot is taken.")),
          tighten(Looser::less,
                  row("screenshots.blur", "screenshot_blur", &Settings::screenshot_blur,
                      "Whether screenshots are blurred beyond reading before they leave the agent's memory.")),
          tighten(Looser::other, word("screenshots.blur_kind", "screenshot_blur_kind", &Settings::screenshot_blur_kind,
                                      blur_kind_words, "How they are blurred: gaussian or pixels.")),
          tighten(Looser::less,
                  number("screenshots.blur_sigma", "screenshot_blur_sigma", &Settings::screenshot_blur_sigma, "px", 4,
                         200, "Standard deviation of the Gaussian, in pixels of the screen.")),
          tighten(Looser::less,
                  number("screenshots.pixel_block", "screenshot_pixel_block", &Settings::screenshot_pixel_block, "px",
                         8, 400, "Side of the squares of blur_kind pixels, in pixels of the screen.")),
          tighten(Looser::more, row("screenshots.full_size", "screenshot_full_size", &Settings::screenshot_full_size,
                                    "Whether pictures are as large as the screen, not a quarter as wide and high.")),
          number("screenshots.quality", "screenshot_quality", &Settings::screenshot_quality, "", 1, 100,
                 "Quality of the JPEG."),
          word("screenshots.subsampling", "screenshot_subsampling", &Settings::screenshot_subsampling,
               subsampling_words, "How coarsely the JPEG keeps colour: 4:4:4, 4:2:2 or 4:2:0."),
          word("screenshots.monitors", "screenshot_monitors", &Settings::screenshot_monitors, monitors_words,
               "Several monitors: together in one picture, or each in its own."),
          row("screenshots.skip_unchanged", "screenshot_skip_unchanged", &Settings::screenshot_skip_unchanged,
              "Whether a screen that looks as before is reported without a picture."),
          tighten(
              Looser::less,
              row("screenshots.excluded_apps", "screenshot_excluded_apps", &Settings::screenshot_excluded_apps,
                  "While one of these applications is on the screen, and for a second after, no screenshot is taken.")),
          tighten(Looser::less,
                  row("screenshots.notify_each", "screenshot_notify_each", &Settings::screenshot_notify_each,
                      "Whether the person is notified of each screenshot, not only of the first of a session.")),
          once(row("screenshots.public_key", "screenshot_public_key", &Settings::screenshot_public_key,
                   "Screenshots are sealed for the owner of this key; the server cannot open them. Those that were "
                   "taken before there was a key, and still wait, are not: they are sent as before. "
                   "`activitytrack-report keygen` makes one.",
                   check_public_key_or_empty)),
          tighten(Looser::less, number("screenshots.buffer_max_mib", "screenshot_buffer_max_size",
                                       &Settings::screenshot_buffer_max_mib, "MiB", 1, 65'536,
                                       "When screenshots that wait to be sent take more, the oldest are dropped.")),
      }};
}

Section bucket_section() {
  return {
      "S3 bucket",
      Remote::never,
      {
          row("s3.bucket", "bucket_name", &Settings::s3_bucket,
              "Bucket that screenshots go to, in place of the server; without server_url the events go there too."),
          row("s3.prefix", "aws_prefix", &Settings::s3_prefix, "What the names of all objects begin with."),
          secret(row(
              "s3.access_key", "aws_access_key", &Settings::s3_access_key,
              "Access key; without it the usual AWS environment, shared files, container or instance role is used.")),
          secret(row("s3.secret_key", "aws_secret_key", &Settings::s3_secret_key, "Secret of the access key.")),
          secret(row("s3.session_token", "aws_session_token", &Settings::s3_session_token,
                     "Session token of a temporary access key.")),
          row("s3.profile", "aws_profile", &Settings::s3_profile, "Profile of the AWS shared files to use."),
          row("s3.region", "aws_region", &Settings::s3_region, "Region of the bucket."),
          row("s3.endpoint", "aws_endpoint", &Settings::s3_endpoint, "URL of an S3 service other than AWS."),
          row("s3.path_style", "aws_path_style", &Settings::s3_path_style,
              "Whether the bucket stands in the URL's path, as many services other than AWS want it."),
          word("s3.sse", "aws_sse", &Settings::s3_sse, sse_words,
               "How S3 encrypts objects at rest: AES256 or aws:kms."),
          row("s3.sse_kms_key", "aws_sse_kms_key", &Settings::s3_sse_kms_key,
              "Key of aws:kms, if not the bucket's own."),
          row("s3.seal_events", "s3_seal_events", &Settings::s3_seal_events,
              "Whether events that go to the bucket are sealed for screenshots.public_key."),
      }};
}

Section log_section() { return {"Log", Remote::free, {log_level_setting<Settings>(), log_format_setting<Settings>()}}; }

std::vector<Row> make_table() {
  std::vector<Row> rows;
  for (const Section& section : {server_section(), collecting_section(), sending_section(), screenshots_section(),
                                 bucket_section(), log_section()}) {
    for (Row row : section.rows) {
      row.section = section.name;
      if (row.remote == Remote::never) row.remote = section.remote;
      rows.push_back(row);
    }
  }
  return rows;
}

void expand_home(Settings& settings) {
  settings.buffer_path = with_home(std::move(settings.buffer_path));
  settings.ca_file = with_home(std::move(settings.ca_file));
}

}  // namespace

std::span<const Setting<Settings>> settings_table() {
  static const std::vector<Row> table = make_table();
  return table;
}

Result<Settings> load_settings(const std::string& file) { return load_settings(file, {}); }

Result<Settings> load_settings(const std::string& file, const SettingTexts& options, SettingTexts* in_file) {
  auto settings = load_settings(settings_table(), file, options, in_file);
  if (settings) expand_home(*settings);
  return settings;
}

const Row* find_setting(std::string_view key) {
  const auto table = settings_table();
  const auto row = std::ranges::find(table, key, &Row::key);
  return row == table.end() ? nullptr : &*row;
}

Result<void> set_setting(Settings& settings, std::string_view key, std::string_view text) {
  const Row* row = find_setting(key);
  if (!row) return Error{ErrorCode::not_found, "there is no setting " + std::string(key)};
  if (auto set = apply_setting(*row, {{std::string(text)}, ""}, settings); !set) {
    return invalid_setting(std::string(key) + ": " + set.error().message);
  }
  expand_home(settings);
  return {};
}

std::string default_buffer_path() { return user_data_folder() + "/buffer.db"; }

std::string shown_setting(const Settings& settings, const Row& row) {
  auto text = setting_text(settings, row);
  return row.secret && !text.empty() ? "(set)" : text;
}

std::vector<const Row*> changed_settings(const Settings& before, const Settings& after) {
  std::vector<const Row*> changed;
  for (const Row& row : settings_table()) {
    if (std::visit([&](auto member) { return before.*member != after.*member; }, row.member)) changed.push_back(&row);
  }
  return changed;
}

void copy_setting(const Settings& from, Settings& to, const Row& row) {
  std::visit([&](auto member) { to.*member = from.*member; }, row.member);
}

}  // namespace activitytrack
