#include "common/program.hpp"

#include "core/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace activitytrack::program {
namespace {

constexpr std::chrono::milliseconds progress_interval{200};
constexpr const char* empty_line = "\r\x1b[K";

}  // namespace

std::string complaint(std::string_view program, std::string_view message) {
  std::string text;
  while (!message.empty()) text.append(program).append(": ").append(take_line(message)) += '\n';
  return text;
}

int complain(std::string_view program, std::string_view message, ExitCode code) {
  const std::string text = complaint(program, message);
  std::fwrite(text.data(), 1, text.size(), stderr);
  return code;
}

int print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? exit_done : exit_failed;
}

std::string version_text(std::string_view program) { return std::string(program) + " " ACTIVITYTRACK_VERSION "\n"; }

std::unique_ptr<Log> make_log(std::string_view level, std::string_view format) {
  return make_stderr_log(parse_log_level(level).value_or(LogLevel::info),
                         format == "json" ? LogFormat::json : LogFormat::text);
}

int run_main(std::string_view program, int count, char** values,
             int (*run)(const std::vector<std::string>& arguments)) {
  try {
    return run({values + std::min(count, 1), values + count});
  } catch (const std::exception& error) {
    return complain(program, error.what(), exit_failed);
  }
}

Progress::Progress()
    : shown_(::isatty(STDERR_FILENO)), next_(std::chrono::steady_clock::now() + std::chrono::seconds(1)) {}

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
