#include "command.hpp"
#include "common/program.hpp"
#include "core/file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iostream>

using namespace activitytrack;
using namespace activitytrack::report;

namespace {

using enum program::ExitCode;

int complain(const Error& error, program::ExitCode code) {
  return program::complain(program_name, error.message, code);
}

Result<std::unique_ptr<Source>> open_archive(const ReportSettings& settings, Log& log) {
  S3Options options;
  if (const auto placed = set_s3_place(settings.s3, options); !placed) return placed.error();
  options.endpoint = settings.s3_endpoint;
  options.region = settings.s3_region;
  options.path_style = settings.s3_path_style;
  options.profile = settings.s3_profile;
  options.ca_file = settings.ca_file;
  options.user_agent = program_name;
  auto files = make_s3_event_files(std::move(options), system_clock(), log);
  if (!files) return files.error();
  auto key = key_if_there(settings);
  if (!key) return key.error();
  return make_archive_source(std::move(*files), std::move(*key), system_clock());
}

Result<std::unique_ptr<Source>> open_source(const ReportSettings& settings, Log& log) {
  if (!settings.buffer.empty()) {
    auto buffer = open_sqlite_buffer_read_only(settings.buffer);
    if (!buffer) return buffer.error();
    return make_buffer_source(std::move(*buffer));
  }
  if (!settings.s3.empty()) return open_archive(settings, log);
  auto fetch = make_http_fetch(settings.server, settings.token, settings.ca_file, log);
  if (!fetch) return fetch.error();
  return make_api_source(std::move(*fetch));
}

int report_to(std::ostream& out, const Invocation& invocation) {
  const ReportSettings& settings = invocation.settings;
  const auto log = program::make_log(settings.log_level, settings.log_format);
  auto source = open_source(settings, *log);
  if (!source) return complain(source.error(), exit_failed);
  // A file has no terminal's colours, whatever the terminal beside it.
  Look look = look_of_stdout(settings.color);
  if (!settings.output.empty() && settings.color != "always") look.colour = false;
  return run_command(invocation, **source, system_clock(), look, out, std::cerr);
}

/// A report that fails leaves the one that was there before.
int report_to_file(const Invocation& invocation) {
  const std::string& output = invocation.settings.output;
  std::error_code ignored;
  const bool replaces = !std::filesystem::exists(output, ignored) || std::filesystem::is_regular_file(output, ignored);
  const std::string part = replaces ? output + ".part" : output;
  const UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return complain(system_error("cannot write to " + output, errno), exit_failed);
  program::Output file(fd.get(), output);
  int status = report_to(file, invocation);
  if (const auto written = file.finish(); !written && status == exit_done)
    status = complain(written.error(), exit_failed);
  if (!replaces) return status;
  if (status == exit_done && std::rename(part.c_str(), output.c_str()) != 0)
    status = complain(system_error("cannot write to " + output, errno), exit_failed);
  if (status != exit_done) std::filesystem::remove(part, ignored);
  return status;
}

int run(const std::vector<std::string>& arguments) {
  const auto invocation = read_invocation(arguments);
  if (!invocation) return complain(invocation.error(), exit_usage);
  if (!invocation->answer.empty()) return program::print(invocation->answer);
  program::warn_of_variables(this_program());
  std::ostream& out = program::standard_output();
  if (const auto work = find_command(invocation->command)->work) return work(*invocation, out, std::cerr);
  return invocation->settings.output.empty() ? report_to(out, *invocation) : report_to_file(*invocation);
}

}  // namespace

int main(int argc, char** argv) { return program::run_main(program_name, argc, argv, run); }
