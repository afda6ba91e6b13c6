#include "common/program.hpp"

#include "core/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

namespace activitytrack::program {
namespace {

constexpr std::chrono::milliseconds progress_interval{200};
constexpr const char* empty_line = "\r\x1b[K";

std::string first_line(int fd) {
  char text[128];
  const auto size = ::pread(fd, text, sizeof text, 0);
  std::string_view rest(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(take_line(rest));
}

/// A standard stream that the caller closed would otherwise be the next file that is opened, and output would go there.
/// The ones put in their place refuse what the streams are for, as closed ones do.
void hold_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) == -1) (void)!::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/// The exit code of a command that ended with `code`, its output being written or not.
int finish_output(std::string_view program, int code) {
  Output& output = standard_output();
  const bool reported = output.is_reported();
  const auto written = output.finish();
  if (written || reported || output.is_unread()) return code;
  const int failed = complain(program, written.error().message, exit_failed);
  return code == exit_done ? failed : code;
}

}  // namespace

std::string complaint(std::string_view program, std::string_view message) {
  std::string text;
  while (!message.empty()) text.append(program).append(": ").append(take_line(message)) += '\n';
  return text;
}

int complain(std::string_view program, std::string_view message, ExitCode code) {
  std::fputs(complaint(program, message).c_str(), stderr);
  return code;
}

ExitCode exit_code_of(const Error& error) { return error.code == ErrorCode::invalid_input ? exit_usage : exit_failed; }

std::string version_text(std::string_view program) { return std::string(program) + " " ACTIVITYTRACK_VERSION "\n"; }

std::unique_ptr<Log> make_log(std::string_view level, std::string_view format) {
  return make_stderr_log(parse_log_level(level).value_or(Log::Level::info), format == "json");
}

int run_main(std::string_view program, int count, char** values,
             int (*run)(const std::vector<std::string>& arguments)) {
  hold_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error, as a full disk is
  int code = exit_failed;
  try {
    code = run({values + std::min(count, 1), values + count});
  } catch (const std::exception& error) {
    complain(program, error.what(), exit_failed);
  }
  return finish_output(program, code);
}

std::optional<std::string> lock_holder(const std::string& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd || ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return std::nullopt;
  return first_line(fd.get());
}

Result<UniqueFd> lock_file(const std::string& file, std::string_view holder) {
  auto opened = open_file_of_folder(file);
  if (!opened) return opened;
  const int fd = opened->get();
  // Tried again, as a lock_holder() that looks has it for a moment.
  for (int tries = 1; ::flock(fd, LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK) return system_error("cannot lock " + file, errno);
    if (tries == 10) return Error{ErrorCode::busy, first_line(fd)};
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  // The text is only for people. A full disk may keep it from being written; the lock holds all the same.
  if (::ftruncate(fd, 0) == 0) (void)!::pwrite(fd, holder.data(), holder.size(), 0);
  return opened;
}

Progress::Progress(bool wanted)
    : shown_(wanted && ::isatty(STDERR_FILENO)), next_(std::chrono::steady_clock::now() + std::chrono::seconds(1)) {}

Progress::~Progress() { clear(); }

bool Progress::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return false;
  next_ = now + progress_interval;
  return true;
}

void Progress::write(const std::string& text) {
  std::fputs((empty_line + text).c_str(), stderr);
  std::fflush(stderr);
  dirty_ = true;
}

void Progress::clear() {
  if (dirty_) std::fputs(empty_line, stderr);
  dirty_ = false;
}

}  // namespace activitytrack::program
