#include "command.hpp"
#include "settings.hpp"
#include "text/screen.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto invocation = read_invocation(argc, argv);
    if (!invocation) return complain(invocation.error(), wrong_usage);
    if (!invocation->answer.empty()) {
      std::cout << invocation->answer << std::flush;
      return std::cout ? 0 : failed;
    }
    const std::string& output = invocation->settings.output;
    if (output.empty()) return report_to(std::cout, *invocation);
    std::ofstream file(output, std::ios::binary | std::ios::trunc);
    if (!file) return complain(system_error("cannot write to " + output, errno), failed);
    return report_to(file, *invocation);
  } catch (const std::exception& bug) {
    std::cerr << "activitytrack-report: " << bug.what() << '\n';
    return failed;
  }
}
