#include "common/program.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

namespace activitytrack::program {

std::string complaint(std::string_view program, std::string_view message) {
  std::string text;
  while (!message.empty()) {
    const auto line = message.substr(0, message.find('\n'));
    text.append(program).append(": ").append(line) += '\n';
    message.remove_prefix(std::min(message.size(), line.size() + 1));
  }
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

}  // namespace activitytrack::program
