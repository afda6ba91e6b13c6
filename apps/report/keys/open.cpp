#include "command.hpp"
#include "common/program.hpp"
#include "core/file.hpp"
#include "keys/key_file.hpp"
#include "keys/opened_file.hpp"
#include "text/display_width.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace activitytrack::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::string_view ending = ".sealed";

volatile std::sig_atomic_t stopped = 0;

/// Ctrl-C must leave no half of a picture behind: it ends the work between two pieces.
void mind_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = 1; };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

/// Opens all of a descriptor's bytes into the sink.
Result<void> open_stream(int fd, const PrivateKey& key, const ByteSink& sink,
                         const std::function<void(std::int64_t)>& progress) {
  Opener opener(key, sink);
  std::string piece(piece_size, '\0');
  std::int64_t bytes = 0;
  while (!stopped) {
    const ssize_t n = ::read(fd, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot be read", errno);
    if (n == 0) return opener.finish();
    if (auto taken = opener.write({piece.data(), static_cast<std::size_t>(n)}); !taken) return taken;
    progress(bytes += n);
  }
  return Error{ErrorCode::io, "was not opened to its end: stopped by a signal"};
}

/// Where the content of `file` belongs.
Result<fs::path> place_of(const fs::path& file, const fs::path& folder) {
  const std::string name = file.filename().string();
  const bool ends = name.size() > ending.size() && name.ends_with(ending);
  if (!ends && folder.empty()) {
    return Error{ErrorCode::invalid_input,
                 "does not end in .sealed, so its content has no name beside it: say "
                 "where with --output DIR, or --output -"};
  }
  const std::string plain = ends ? name.substr(0, name.size() - ending.size()) : name;
  const fs::path place = (folder.empty() ? file.parent_path() : folder) / plain;
  std::error_code ignored;
  if (fs::equivalent(place, file, ignored))
    return Error{ErrorCode::invalid_input, "would be written over by its own content: choose another --output"};
  return place;
}

Result<void> open_to_file(int fd, const fs::path& place, const PrivateKey& key,
                          const std::function<void(std::int64_t)>& progress) {
  auto opened = OpenedFile::create(place);
  if (!opened) return opened.error();
  const auto sink = [&](std::string_view plain) { return opened->write(plain); };
  if (const auto done = open_stream(fd, key, sink, progress); !done) return done;
  return opened->keep();
}

Result<void> open_one(const std::string& name, const std::string& output, const PrivateKey& key, std::ostream& out,
                      const std::function<void(std::int64_t)>& progress) {
  const bool from_input = name == "-";
  if (from_input && !output.empty() && output != "-")
    return Error{ErrorCode::invalid_input, "has no name to be kept by in a folder: leave --output out"};
  const UniqueFd file(from_input ? -1 : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from_input && !file) return system_error("cannot be read", errno);
  const int fd = from_input ? STDIN_FILENO : file.get();
  if (from_input || output == "-") {
    const auto sink = [&](std::string_view plain) -> Result<void> {
      if (out.write(plain.data(), static_cast<std::streamsize>(plain.size())).flush()) return {};
      return Error{ErrorCode::io, "cannot be written to standard output"};
    };
    return open_stream(fd, key, sink, progress);
  }
  const auto place = place_of(name, output);
  if (!place) return place.error();
  return open_to_file(fd, *place, key, progress);
}

}  // namespace

int run_open(const Invocation& invocation, std::ostream& out, std::ostream& err) {
  const std::string& output = invocation.settings.output;
  const auto complain = [&](const std::string& message) {
    err << program::complaint(program_name, printable(message, true));
    return program::exit_failed;
  };
  const auto key = read_key_file(invocation.settings);
  if (!key) return complain(key.error().message);
  std::error_code failed;
  if (!output.empty() && output != "-" && !fs::create_directories(output, failed) && failed)
    return complain("cannot make the folder " + output + ": " + failed.message());
  mind_signals();
  int status = program::exit_done;
  program::Progress progress;
  for (std::size_t i = 0; i < invocation.files.size() && !stopped; ++i) {
    const std::string& file = invocation.files[i];
    const auto tell = [&](std::int64_t bytes) {
      progress.show([&] {
        return "opening file " + std::to_string(i + 1) + " of " + std::to_string(invocation.files.size()) + ", " +
               std::to_string(bytes / 1'000'000) + " MB";
      });
    };
    const auto opened = open_one(file, output, *key, out, tell);
    if (opened) continue;
    progress.clear();
    status = complain((file == "-" ? "standard input" : file) + ": " + opened.error().message);
  }
  return stopped ? program::exit_failed : status;
}

}  // namespace activitytrack::report
