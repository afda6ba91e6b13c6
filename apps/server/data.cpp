#include "administration.hpp"
#include "common/program.hpp"
#include "core/text.hpp"
#include "database_choice.hpp"
#include "server/maintenance/check.hpp"
#include "server/maintenance/import_export.hpp"
#include "server/maintenance/retention.hpp"
#include "server/maintenance/sqlite_files.hpp"
#include "server/serve/storage.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>

// The commands that are about what the server keeps.

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

/// The database's file, if it is SQLite's; else an error that says what to do `otherwise`.
Result<std::string> sqlite_file(const Options& options, std::string_view otherwise) {
  if (auto file = sqlite_path(options.settings.database)) return std::move(*file);
  return Error{ErrorCode::invalid_input, "the database is PostgreSQL's: " + std::string(otherwise)};
}

std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// "2 events from 2024-01-15T10:30:00Z to 2024-01-15T10:31:00Z, 0 screenshots, its label and credentials"
std::string description(const Kept& kept) {
  std::string text = counted(kept.events, "event");
  if (kept.first && kept.last) text += " from " + format_timestamp(*kept.first) + " to " + format_timestamp(*kept.last);
  return text + ", " + counted(kept.screenshots, "screenshot") + ", its hours, label and credentials";
}

Result<void> export_to(program::Output& out, Store& store, const std::string& machine_id, Time now) {
  // First: nobody is to have it and not be written down.
  const auto entry = command_entry("export", machine_id, now);
  if (auto noted = write_audit(*store.database, std::span(&entry, 1)); !noted) return noted;
  auto written = export_machine(store, machine_id, now, [&](std::string_view line) { out << line; });
  if (!written) return written;
  if (auto finished = out.finish(); !finished && !out.is_unread()) return finished;
  return {};
}

/// A file that is there is somebody's, unless it is a pipe or a device, such as /dev/stdout; one that was not finished
/// is nobody's.
Result<void> export_to_file(const std::string& file, Store& store, const std::string& machine_id, Time now) {
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool is_new = static_cast<bool>(fd);
  if (!is_new && errno == EEXIST) fd = UniqueFd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return system_error("cannot write to " + file, errno);
  if (!is_new && S_ISREG(status.st_mode))
    return Error{ErrorCode::already_exists, file + ": is there already; give another name"};
  program::Output out(fd.get(), file);
  const auto exported = export_to(out, store, machine_id, now);
  if (exported) program::print("wrote " + file + "\n");
  if (!exported && is_new) ::unlink(file.c_str());
  return exported;
}

}  // namespace

int back_up_database(const Options& options) {
  const std::string& file = options.arguments.at(0);
  const auto database = sqlite_file(
      options, "use pg_dump --format=custom --file=" + file + " --dbname=URL, and pg_restore to put it back");
  if (!database) return complain(database.error(), exit_usage);
  if (auto written = back_up(*database, file); !written) return complain(written.error());
  return program::print("wrote " + file + "\n");
}

int restore_database(const Options& options) {
  const std::string& file = options.arguments.at(0);
  const auto database = sqlite_file(options, "use pg_restore --clean --dbname=URL " + file);
  if (!database) return complain(database.error(), exit_usage);
  const auto data_dir = hold_data_dir(options.settings.data_dir, std::to_string(::getpid()));
  if (!data_dir) return complain_of_data_dir(data_dir.error());
  if (auto is_free = refuse_database_in_use(options.settings.database); !is_free)
    return complain_of_data_dir(is_free.error());
  const auto aside = restore(*database, file);
  if (!aside) return complain(aside.error());
  // The log that the backup holds says nothing of it yet.
  const int noted = with_database(options, [&](Database& restored, Time now) {
    auto entry = command_entry("restore", "", now);
    entry.details = AuditDetails().add("file", file).text();
    return write_audit(restored, std::span(&entry, 1));
  });
  program::print("restored " + file + (aside->empty() ? "" : "; the database that was there is " + *aside) + "\n");
  return noted;
}

int check_database(const Options& options) {
  Findings findings;
  if (const auto file = sqlite_file(options, ""); file) {
    if (auto checked = add_file_check(*file, findings); !checked) return complain(checked.error());
  }
  int ended = exit_done;
  if (!findings.damaged) {
    ended = with_database(options, [&](Database& database, Time) -> Result<void> {
      if (auto checked = add_tables_check(database, findings); !checked) return checked;
      const auto pictures = open_pictures_of_server(database, options.settings, system_clock(), null_log());
      if (!pictures) return pictures.error();
      return add_pictures_check(database, *pictures->store, findings);
    });
  }
  program::print(format_table(findings.rows));
  return findings.damaged ? static_cast<int>(exit_failed) : ended;
}

int rebuild_hours(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    std::int64_t machines = 0;
    const auto rebuild = [&](const std::string& machine_id) {
      ++machines;
      return rebuild_hours(database, machine_id);
    };
    Result<void> done = options.arguments.empty() ? each_machine(database, rebuild) : Result<void>();
    for (auto id = options.arguments.begin(); done && id != options.arguments.end(); ++id) {
      done = need_machine(database, *id);
      if (done) done = rebuild(*id);
    }
    if (done) program::print("added up the hours of " + counted(machines, "machine") + "\n");
    return done;
  });
}

int erase_machine(const Options& options) {
  const std::string& machine_id = options.arguments.at(0);
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto pictures = open_pictures_of_server(database, options.settings, system_clock(), null_log());
    if (!pictures) return pictures.error();
    if (auto known = need_machine(database, machine_id); !known) return known;
    const auto kept = count_kept(database, machine_id);
    if (!kept) return kept.error();
    const std::string what = machine_id + ": " + description(*kept);
    if (auto agreed = confirm(options, "this erases " + what + ", which cannot be undone"); !agreed) return agreed;
    const Time now = system_clock().now();  // the question may have waited for long
    Screenshots screenshots{database, *pictures->store, *pictures->uploads, system_clock()};
    const auto begun = audited(database, command_entry("erase", machine_id, now),
                               [&] { return begin_erasure(database, machine_id, now); });
    if (!begun) return begun;
    const auto finished = finish_erasure(database, screenshots, machine_id, rest);
    if (!finished) return finished.error();
    program::print("erased " + what + "\n");
    if (!*finished) program::print("what is still on its way is removed by the server, within an hour or so\n");
    return {};
  });
}

int export_machine(const Options& options) {
  const std::string& machine_id = options.arguments.at(0);
  return with_store(options, [&](Store& store, Time now) -> Result<void> {
    if (auto known = need_machine(*store.database, machine_id); !known) return known;
    if (options.arguments.size() == 1) return export_to(program::standard_output(), store, machine_id, now);
    return export_to_file(options.arguments[1], store, machine_id, now);
  });
}

namespace {

constexpr std::size_t most_complaints = 100;

/// Where events come from; `name` is one file's, or "" for all.
struct Origin {
  std::unique_ptr<EventFiles> files;
  std::string name;
};

Result<Origin> open_bucket(const std::string& url, const ServerSettings& settings, Log& log) {
  auto options = s3_options(settings, url);
  if (!options) return options.error();
  std::string name;
  if (is_event_file(options->prefix)) {
    const auto slash = options->prefix.rfind('/');
    name = options->prefix.substr(slash + 1);
    options->prefix.resize(slash == std::string::npos ? 0 : slash);
  }
  auto files = make_s3_event_files(std::move(*options), system_clock(), log);
  if (!files) return files.error();
  return Origin{std::move(*files), name};
}

Result<Origin> open_origin(const std::string& place, const ServerSettings& settings, Log& log) {
  if (place.starts_with("s3://")) return open_bucket(place, settings, log);
  std::error_code failed;
  const fs::file_status status = fs::status(place, failed);
  if (!fs::exists(status)) return Error{ErrorCode::not_found, place + ": there is no such file or folder"};
  if (fs::is_directory(status)) return Origin{make_folder_event_files(place), ""};
  const fs::path file(place);
  return Origin{make_folder_event_files(file.parent_path()), file.filename().string()};
}

/// Takes in what is at `place`; the terminal says how far it is.
Result<void> take_in(EventImport& import, const std::string& place, const ServerSettings& settings, Log& log,
                     program::Progress& progress) {
  const auto origin = open_origin(place, settings, log);
  if (!origin) return origin.error();
  if (!origin->name.empty()) return import.take(*origin->files, origin->name);
  const auto taken = import.take_all(*origin->files, [&](const std::string& name) {
    progress.show([&] { return std::to_string(import.counts().files) + " files taken in, now " + name; });
  });
  if (!taken) return taken.error();
  if (*taken) return {};
  return Error{ErrorCode::not_found, place + ": holds no files of events (.jsonl, .jsonl.zst, and .sealed after it)"};
}

Result<std::optional<PrivateKey>> key_option(const Options& options) {
  const std::string file = options.line.get("key", "");
  if (file.empty()) return std::optional<PrivateKey>();
  const auto key = read_private_key(file);
  if (!key) return key.error();
  return std::optional(*key);
}

std::string summary(const EventImport::Counts& counts) {
  return std::to_string(counts.files) + " files: " + std::to_string(counts.accepted) + " events accepted, " +
         std::to_string(counts.duplicates) + " duplicates, " + std::to_string(counts.rejected) + " rejected\n";
}

}  // namespace

int import_events(const Options& options) {
  const auto log = program::make_log(options.settings.log_level, options.settings.log_format);
  const auto key = key_option(options);
  if (!key) return complain(key.error(), exit_usage);
  EventImport::Counts counts;
  const int status = with_store(options, [&](Store& store, Time now) -> Result<void> {
    program::Progress progress;
    std::size_t complaints = 0;
    const auto say = [&](const std::string& what) {
      progress.clear();
      if (++complaints <= most_complaints) complain({ErrorCode::invalid_input, what});
      if (complaints == most_complaints) complain({ErrorCode::invalid_input, "what else is wrong is counted only"});
    };
    auto entry = command_entry("import", "", now);
    entry.details = AuditDetails().add("from", joined(options.arguments, ", ")).text();
    if (auto noted = write_audit(*store.database, std::span(&entry, 1)); !noted) return noted;
    EventImport import(*store.writer, *key ? &**key : nullptr, now, say);
    Result<void> done;
    for (auto place = options.arguments.begin(); done && place != options.arguments.end(); ++place)
      done = take_in(import, *place, options.settings, *log, progress);
    // What was read before it went wrong is kept, and counted.
    const auto finished = import.finish();
    counts = import.counts();
    return done ? finished : done;
  });
  program::print(summary(counts));
  if (status != exit_done) return status;
  return counts.rejected == 0 && counts.damaged_files == 0 ? exit_done : exit_failed;
}

}  // namespace activitytrack::server
