#include "administration.hpp"

#include "common/near_miss.hpp"
#include "core/text.hpp"
#include "database_choice.hpp"
#include "running_servers.hpp"
#include "server/maintenance/retention.hpp"
#include "server/serve/storage.hpp"
#include "terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <thread>

namespace activitytrack::server {
namespace {

Result<Store> open_store_of(const ServerSettings& settings) {
  if (const auto file = sqlite_path(settings.database)) {
    if (auto made = make_database_if_missing(*file); !made) return made.error();
  }
  return open_server_store(settings.database);
}

}  // namespace

Result<UniqueFd> hold_data_dir(const std::string& path, std::string_view text) {
  if (auto made = make_private_folders(path); !made)
    return Error{made.error().code, "data folder " + path + ": " + made.error().message};
  std::error_code failed;
  if (!std::filesystem::is_directory(path, failed))
    return Error{ErrorCode::invalid_input, "data folder " + path + ": is not a folder; give another --data-dir"};
  auto lock = program::lock_file(path + std::string(lock_file_name), text);
  if (lock) return lock;
  if (lock.error().code != ErrorCode::busy)
    return Error{lock.error().code, "data folder " + path + ": " + lock.error().message};
  const std::string& holder = lock.error().message;
  return Error{ErrorCode::busy, "data folder " + path + " is in use by " +
                                    (holder.empty() ? "another process" : "process " + holder) +
                                    "; stop that server or give another --data-dir"};
}

int complain_of_data_dir(const Error& error) {
  return complain(error, error.code == ErrorCode::busy ? exit_other_instance : program::exit_code_of(error));
}

int with_store(const Options& options, const std::function<Result<void>(Store&, Time)>& work) {
  auto store = open_store_of(options.settings);
  if (!store) return complain(store.error());
  const auto done = work(*store, system_clock().now());
  if (done) return exit_done;
  return complain(done.error(), program::exit_code_of(done.error()));
}

int with_database(const Options& options, const std::function<Result<void>(Database&, Time)>& work) {
  return with_store(options, [&](Store& store, Time now) { return work(*store.database, now); });
}

int with_change(const Options& options, std::string_view action, std::string_view machine_id,
                const std::function<Result<std::string>(Database&, AuditEntry&)>& work) {
  std::string done;
  const int ended = with_database(options, [&](Database& database, Time now) -> Result<void> {
    auto made = audited(database, command_entry(action, machine_id, now),
                        [&](AuditEntry& entry) { return work(database, entry); });
    if (!made) return made.error();
    done = std::move(*made);
    return {};
  });
  return ended == exit_done && !done.empty() ? program::print(done + "\n") : ended;
}

Result<void> confirm(const Options& options, const std::string& what) {
  if (options.line.has("yes")) return {};
  if (!is_at_terminal()) return Error{ErrorCode::invalid_input, what + "; to do so without being asked, add --yes"};
  const auto answer = ask(what + ". Go on? [y/N] ");
  if (!answer) return answer.error();
  const std::string word = lower_case(stripped(*answer));
  if (word == "y" || word == "yes") return {};
  return Error{ErrorCode::conflict, "nothing was changed"};
}

Result<void> need_machine(Database& database, const std::string& machine_id) {
  const auto kept = is_kept(database, machine_id);
  if (!kept) return kept.error();
  if (*kept) return {};
  const auto known = known_machines(database);
  if (!known) return known.error();
  return Error{ErrorCode::not_found, "there is no machine " + machine_id + program::did_you_mean(machine_id, *known)};
}

bool rest(bool worked) {
  if (worked) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return true;
}

AuditEntry command_entry(std::string_view action, std::string_view machine_id, Time now) {
  return {.at = now,
          .kind = "command",
          .name = user_name(::getuid()),
          .action = std::string(action),
          .machine_id = std::string(machine_id)};
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::pair<char, std::int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86'400}, {'w', 604'800}};
  constexpr std::int64_t most = std::chrono::seconds(std::chrono::days(3660)).count();
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool has_unit = error == std::errc() && end + 1 == text.data() + text.size();
  const auto unit = std::ranges::find(units, has_unit ? *end : '?', &std::pair<char, std::int64_t>::first);
  if (unit == std::end(units) || count < 1 || count > most / unit->second) {
    return Error{ErrorCode::invalid_input, "must be a time such as 90m, 24h or 30d, up to ten years"};
  }
  return std::chrono::seconds(count * unit->second);
}

std::string format_table(const Rows& rows) {
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
