#include "command.hpp"
#include "settings.hpp"
#include "text/screen.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace activitytrack;
using namespace activitytrack::report;

namespace {

constexpr int failed = 1, wrong_usage = 2;

int complain(const Error& error, int status) {
  std::cerr << "activitytrack-report: " << error.message << '\n';
  return status;
}

Result<std::unique_ptr<Source>> open_source(const ReportSettings& settings) {
  if (!settings.buffer.empty()) {
    auto buffer = open_sqlite_buffer_read_only(settings.buffer);
    if (!buffer) return buffer.error();
    return make_buffer_source(std::move(*buffer));
  }
  auto fetch = make_http_fetch(settings.server, settings.token, settings.ca_file);
  if (!fetch) return fetch.error();
  return make_api_source(std::move(*fetch));
}

int report_to(std::ostream& out, const Invocation& invocation) {
  auto source = open_source(invocation.settings);
  if (!source) return complain(source.error(), failed);
  // A file has no terminal's colours, whatever the terminal beside it.
  Look look = look_of_stdout(invocation.settings.color);
  if (!invocation.settings.output.empty() && invocation.settings.color != "always") look.colour = false;
  return run_command(invocation, **source, system_clock(), look, out, std::cerr);
}

/// A report that fails leaves the one that was there before.
int report_to_file(const Invocation& invocation) {
  const std::string& output = invocation.settings.output;
  std::error_code ignored;
  const bool replaces =
      !std::filesystem::exists(output, ignored) || std::filesystem::is_regular_file(output, ignored);
  const std::string part = replaces ? output + ".part" : output;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  if (!file) return complain(system_error("cannot write to " + output, errno), failed);
  const int status = report_to(file, invocation);
  file.close();
  if (!replaces) return status;
  if (status == 0 && std::rename(part.c_str(), output.c_str()) != 0)
    return complain(system_error("cannot write to " + output, errno), failed);
  if (status != 0) std::filesystem::remove(part, ignored);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto invocation = read_invocation(argc, argv);
    if (!invocation) return complain(invocation.error(), wrong_usage);
    if (!invocation->answer.empty()) {
      std::cout << invocation->answer << std::flush;
      return std::cout ? 0 : failed;
    }
    if (invocation->settings.output.empty()) return report_to(std::cout, *invocation);
    return report_to_file(*invocation);
  } catch (const std::exception& bug) {
    std::cerr << "activitytrack-report: " << bug.what() << '\n';
    return failed;
  }
}
