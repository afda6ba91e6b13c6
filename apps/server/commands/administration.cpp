#include "commands/administration.hpp"

#include "server/serve/open_store.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_label_bytes = 128;
constexpr std::chrono::days longest{3660};

std::string user_of_process() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry ? entry->pw_name : std::to_string(::getuid());
}

Error wrong(std::string_view name, const std::string& what) {
  return {ErrorCode::invalid_input, "--" + std::string(name) + ": " + what};
}

/// The first command on a machine may come before the first server.
Result<Store> open(const Options& options) {
  if (options.settings.database.starts_with("sqlite:")) {
    std::error_code ignored;
    std::filesystem::create_directories(options.settings.data_dir, ignored);
  }
  return open_server_store(options.settings.database);
}

}  // namespace

int with_store(const Options& options, const std::function<Result<void>(Store&, Time)>& work) {
  auto store = open(options);
  if (!store) return complain(store.error());
  const auto done = work(*store, system_clock().now());
  if (done) return exit_done;
  return complain(done.error(), done.error().code == ErrorCode::invalid_input ? exit_usage : exit_failed);
}

int with_database(const Options& options, const std::function<Result<void>(Database&, Time)>& work) {
  return with_store(options, [&](Store& store, Time now) { return work(*store.database, now); });
}

AuditEntry command_entry(std::string_view action, std::string_view machine_id, Time now) {
  return {.at = now,
          .kind = "command",
          .name = user_of_process(),
          .action = std::string(action),
          .machine_id = std::string(machine_id)};
}

Result<std::string> sqlite_file(const Options& options, std::string_view otherwise) {
  constexpr std::string_view scheme = "sqlite:";
  const std::string& url = options.settings.database;
  if (url.starts_with(scheme)) return url.substr(scheme.size());
  return Error{ErrorCode::invalid_input, "the database is PostgreSQL's: " + std::string(otherwise)};
}

int with_change(const Options& options, std::string_view action, std::string_view machine_id,
                const std::function<Result<void>(Database&, Time)>& work) {
  return with_database(options, [&](Database& database, Time now) {
    return audited(database, command_entry(action, machine_id, now), [&] { return work(database, now); });
  });
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::pair<char, std::int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool has_unit = error == std::errc() && end + 1 == text.data() + text.size();
  const auto unit = std::ranges::find(units, has_unit ? *end : '?', &std::pair<char, std::int64_t>::first);
  const auto most = std::chrono::seconds(longest).count();
  if (unit == std::end(units) || count < 1 || count > most / unit->second) {
    return Error{ErrorCode::invalid_input, "must be a time such as 90m, 24h or 30d, up to ten years"};
  }
  return std::chrono::seconds(count * unit->second);
}

Result<std::int64_t> count_option(const Options& options, std::string_view name, std::int64_t otherwise,
                                  std::int64_t max) {
  const std::string text = options.line.get(name, std::to_string(otherwise));
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > max) {
    return wrong(name, "must be a whole number from 1 to " + std::to_string(max));
  }
  return count;
}

Result<Time> expiry_option(const Options& options, std::string_view otherwise, Time now) {
  const auto length = parse_duration(options.line.get("expires", otherwise));
  if (!length) return wrong("expires", length.error().message);
  return now + *length;
}

Result<std::string> label_option(const Options& options) {
  std::string label = options.line.get("label", "");
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (label.size() > max_label_bytes || std::ranges::any_of(label, is_control)) {
    return wrong("label", "must be at most 128 bytes without control characters");
  }
  return label;
}

std::string secret_text(const Options& options, const NewSecret& secret, Time expires_at) {
  return (options.line.has("json") ? new_secret_json(secret, expires_at) : secret.text) + "\n";
}

std::string format_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace activitytrack::server
