#include "commands/administration.hpp"
#include "common/program.hpp"
#include "server/maintenance/event_import.hpp"

#include <filesystem>
#include <optional>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t page = 100'000;  // names that are listed at a time
constexpr std::size_t most_complaints = 100;

/// Where events come from; `name` is one file's, or "" for all.
struct Origin {
  std::unique_ptr<EventFiles> files;
  std::string name;
};

Result<Origin> bucket(const std::string& url, const ServerSettings& settings, Log& log) {
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
  if (place.starts_with("s3://")) return bucket(place, settings, log);
  std::error_code failed;
  const fs::file_status status = fs::status(place, failed);
  if (!fs::exists(status)) return Error{ErrorCode::not_found, place + ": there is no such file or folder"};
  if (fs::is_directory(status)) return Origin{make_folder_event_files(place), ""};
  const fs::path file(place);
  return Origin{make_folder_event_files(file.parent_path()), file.filename().string()};
}

Result<std::optional<PrivateKey>> key_option(const Options& options) {
  const std::string file = options.line.get("key", "");
  if (file.empty()) return std::optional<PrivateKey>();
  const auto key = read_private_key(file);
  if (!key) return key.error();
  return std::optional(*key);
}

/// Takes all files of events below an origin.
Result<void> take_all(EventImport& import, const Origin& origin, const std::string& place,
                      program::Progress& progress) {
  if (!origin.name.empty()) return import.take(*origin.files, origin.name);
  const auto before = import.counts().files;
  for (std::string after;;) {
    std::vector<std::string> names;
    const auto listed = origin.files->list("", after, [&](const std::string& name) {
      if (is_event_file(name)) names.push_back(name);
      return names.size() < page;
    });
    if (!listed) return listed;
    origin.files->expect(names);
    for (const std::string& name : names) {
      progress.show([&] { return std::to_string(import.counts().files) + " files taken in, now " + name; });
      if (auto taken = import.take(*origin.files, name); !taken) return taken;
    }
    if (names.size() < page) break;
    after = names.back();
  }
  if (import.counts().files != before) return {};
  return Error{ErrorCode::not_found, place + ": holds no files of events (.jsonl, .jsonl.zst, and .sealed after it)"};
}

std::string told(const EventImport::Counts& counts) {
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
    const auto entry = command_entry("import", "", now);
    if (auto noted = write_audit(*store.database, std::span(&entry, 1)); !noted) return noted;
    EventImport import(*store.writer, *key ? &**key : nullptr, now, say);
    Result<void> done;
    for (auto place = options.arguments.begin(); done && place != options.arguments.end(); ++place) {
      const auto origin = open_origin(*place, options.settings, *log);
      done = origin ? take_all(import, *origin, *place, progress) : Result<void>(origin.error());
    }
    // What was read before it went wrong is kept, and told.
    const auto finished = import.finish();
    counts = import.counts();
    return done ? finished : done;
  });
  program::print(told(counts));
  if (status != exit_done) return status;
  return counts.rejected == 0 && counts.damaged_files == 0 ? exit_done : exit_failed;
}

}  // namespace activitytrack::server
