#include "command.hpp"

#include "common/program.hpp"
#include "core/file.hpp"
#include "seal/stream.hpp"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace activitytrack::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::string_view ending = ".sealed";

/// ~/.config/activity-tracker/screenshots.key.
fs::path usual_key_file() { return fs::path(user_config_folder()) / "screenshots.key"; }

/// Writes a key, with a line that names its public key, to a new file for its owner only.
Result<void> write_key_file(const fs::path& file, const PrivateKey& key) {
  if (const auto made = make_private_folders(file.parent_path()); !made) return made.error();
  std::string secret = to_text(key);
  std::string content = "# The private key of activitytrack's public key\n# " + to_text(public_key_of(key)) +
                        "\n# Whoever has this file can open what is sealed for it. Without it nobody can.\n" + secret +
                        "\n";
  auto written = create_private_file(file, content);
  explicit_bzero(secret.data(), secret.size());
  explicit_bzero(content.data(), content.size());
  return written;
}

/// The private key of --key, or of the usual file. The error names the file and says what to do.
Result<PrivateKey> read_key_file(const ReportSettings& settings) {
  const fs::path file = settings.key.empty() ? usual_key_file() : fs::path(settings.key);
  auto key = read_private_key(file);
  if (key || key.error().code == ErrorCode::invalid_input) return key;
  return Error{key.error().code, "the private key " + key.error().message + "; name its file with --key"};
}

Error not_written(const Error& error, const std::string& file) {
  if (error.code != ErrorCode::already_exists) return error;
  return {error.code, file + " is there already, and a key is never overwritten: name another file with --output"};
}

/// A file that takes its place when it is whole, only for its owner. Until then it is hidden beside that
/// place, and goes with the object.
class OpenedFile {
 public:
  static Result<OpenedFile> create(fs::path place) {
    OpenedFile file;
    std::string name = (place.parent_path() / ("." + place.filename().string() + ".XXXXXX")).string();
    file.place_ = std::move(place);
    file.fd_ = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
    if (!file.fd_) return system_error("cannot write " + file.place_.string(), errno);
    file.temporary_ = std::move(name);
    return file;
  }
  OpenedFile(OpenedFile&& other) noexcept
      : place_(std::move(other.place_)), temporary_(std::exchange(other.temporary_, {})), fd_(std::move(other.fd_)) {}
  ~OpenedFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Result<void> write(std::string_view bytes) {
    const auto written = write_all(fd_.get(), bytes);
    if (!written) return Error{written.error().code, place_.string() + ": " + written.error().message};
    return {};
  }

  /// Puts it in its place, and in place of what is there.
  Result<void> keep() {
    if (::rename(temporary_.c_str(), place_.c_str()) != 0)
      return system_error("cannot write " + place_.string(), errno);
    temporary_.clear();
    return {};
  }

 private:
  OpenedFile() = default;

  fs::path place_;
  std::string temporary_;  ///< "" when it is kept
  UniqueFd fd_;
};

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

/// Returns the place.
Result<std::string> open_to_file(int fd, const fs::path& place, const PrivateKey& key,
                                 const std::function<void(std::int64_t)>& progress) {
  auto opened = OpenedFile::create(place);
  if (!opened) return opened.error();
  const auto sink = [&](std::string_view plain) { return opened->write(plain); };
  if (const auto done = open_stream(fd, key, sink, progress); !done) return done.error();
  if (const auto kept = opened->keep(); !kept) return kept.error();
  return place.string();
}

/// Returns where the content is now; "" for standard output.
Result<std::string> open_one(const std::string& name, const std::string& output, const PrivateKey& key,
                             std::ostream& out, const std::function<void(std::int64_t)>& progress) {
  const bool from_input = name == "-";
  if (from_input && !output.empty() && output != "-")
    return Error{ErrorCode::invalid_input, "has no name to be kept by in a folder: leave --output out"};
  const UniqueFd file(from_input ? -1 : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from_input && !file) return system_error("cannot be read", errno);
  std::error_code ignored;
  if (!from_input && fs::is_directory(name, ignored))
    return Error{ErrorCode::invalid_input, "is a folder; name the files in it"};
  const int fd = from_input ? STDIN_FILENO : file.get();
  if (from_input || output == "-") {
    const auto sink = [&](std::string_view plain) -> Result<void> {
      out.write(plain.data(), static_cast<std::streamsize>(plain.size()));
      return program::still_writable(out);
    };
    const auto done = open_stream(fd, key, sink, progress);
    return done ? Result<std::string>("") : done.error();
  }
  const auto place = place_of(name, output);
  if (!place) return place.error();
  return open_to_file(fd, *place, key, progress);
}

}  // namespace

Result<std::optional<PrivateKey>> key_if_there(const ReportSettings& settings) {
  auto key = read_key_file(settings);
  if (key) return std::optional(*key);
  if (settings.key.empty() && key.error().code == ErrorCode::not_found) return std::optional<PrivateKey>();
  return key.error();
}

int run_keygen(const Invocation& invocation, std::ostream& out, std::ostream& err) {
  const std::string& output = invocation.settings.output;
  const std::string file = output.empty() ? usual_key_file().string() : output;
  const PrivateKey key = make_private_key();
  if (const auto written = write_key_file(file, key); !written) {
    err << program::complaint(program_name, not_written(written.error(), file).message);
    return program::exit_failed;
  }
  out << "The private key is in " << file
      << "\nKeep a copy of it in a safe place: without it, what is sealed can never be opened.\n\n"
         "The public key, in the agents' configuration:\n\n"
         "screenshots:\n  public_key: "
      << to_text(public_key_of(key)) << "\n";
  if (out.flush()) return program::exit_done;
  std::error_code ignored;
  fs::remove(file, ignored);
  err << program::complaint(program_name, "the new key in " + file + " is removed: its public key could not be shown");
  return program::exit_failed;
}

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
    const auto report = [&](std::int64_t bytes) {
      progress.show([&] {
        return "opening file " + std::to_string(i + 1) + " of " + std::to_string(invocation.files.size()) + ", " +
               std::to_string(bytes / 1'000'000) + " MB";
      });
    };
    const auto opened = open_one(file, output, *key, out, report);
    progress.clear();
    if (opened) {
      if (!opened->empty()) out << printable(file + " is opened to " + *opened, true) << '\n';
      continue;
    }
    if (!out && (output == "-" || file == "-")) break;  // what is wrong with it is reported by who opened it
    status = complain((file == "-" ? "standard input" : file) + ": " + opened.error().message);
  }
  return stopped ? program::exit_failed : status;
}

}  // namespace activitytrack::report
