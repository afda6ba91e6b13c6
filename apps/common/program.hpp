#pragma once

#include "common/output.hpp"
#include "core/file.hpp"

#include <activitytrack/core/log.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the programs have in common: how they are called, what they say, how they end.
namespace activitytrack::program {

/// What a program reports to its caller by ending. 75 is EX_TEMPFAIL of sysexits.h.
enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_other_instance = 75 };

/// "PROGRAM: LINE\n" for each line of the message.
std::string complaint(std::string_view program, std::string_view message);

/// Writes the complaint to standard error, and returns the code for main to end with.
int complain(std::string_view program, std::string_view message, ExitCode code);

/// exit_usage for what a person gave wrong, else exit_failed.
ExitCode exit_code_of(const Error& error);

/// "PROGRAM 0.1.0\n"
std::string version_text(std::string_view program);

/// The log on standard error that the settings log_level and log_format, which were checked, ask for.
std::unique_ptr<Log> make_log(std::string_view level, std::string_view format);

/// The body of main: runs it with the arguments after the program's name. What it throws is a complaint, and so is
/// output that could not be written, with exit_failed. A write to a socket or pipe whose reader is gone is an error and
/// no signal.
int run_main(std::string_view program, int count, char** values, int (*run)(const std::vector<std::string>& arguments));

/// Locks a file (flock), as open_file_of_folder() opens or makes it. The lock is held for as long as the result
/// lives, however the process ends: a file that an earlier process left is no obstacle. `holder` is written into it,
/// and left behind. `busy` if another process holds it; the message is then the first line of what that one wrote, or
/// "".
Result<UniqueFd> lock_file(const std::string& file, std::string_view holder);

/// The first line of what the process that holds the lock wrote; nullopt if none does, or that cannot be found out.
std::optional<std::string> lock_holder(const std::string& file);

/// The progress of long work: one line on standard error that is written over, if that is a terminal, and it is wanted.
/// It is cleared with the object.
class Progress {
 public:
  explicit Progress(bool wanted = true);
  ~Progress();
  Progress(const Progress&) = delete;

  /// Calls `text` and shows what it returns, from a second after the beginning on, and a few times a second.
  template <class Text>
  void show(Text text) {
    if (is_due()) write(text());
  }

  /// Before something else is written to standard error.
  void clear();

 private:
  bool is_due();
  void write(const std::string& text);

  const bool shown_;
  bool dirty_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace activitytrack::program
