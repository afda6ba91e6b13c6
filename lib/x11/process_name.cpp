#include "x11/process_name.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace activitytrack::x11 {
namespace {

constexpr std::array interpreters = {
    "bash",
    "dash",
    "sh",
    "zsh",
    "fish",
    "python",
    "pypy",
    "perl",
    "ruby",
    "lua",
    "tclsh",
    "wish",
    "node",
    "deno",
    "bun",
    "java",
    "javaw",
    "dotnet",
    "mono",
    "mono-sgen",
    "php",
    "gjs",
    "guile",
    "electron",
    "nwjs",
    "wine",
    "wine64",
    "wine-preloader",
    "wine64-preloader",
    "qemu-x86_64",
    "Rscript",
};

std::string first_line(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::optional<std::string> process_name(pid_t pid, const std::filesystem::path& proc) {
  const auto folder = proc / std::to_string(pid);
  // A kernel thread has no command line, and neither has what does not exist.
  if (std::ifstream(folder / "cmdline").peek() == std::ifstream::traits_type::eof()) return std::nullopt;

  std::error_code failed;
  std::string program = std::filesystem::read_symlink(folder / "exe", failed).filename().string();
  constexpr std::string_view deleted = " (deleted)";  // the program was upgraded while it ran
  if (program.ends_with(deleted)) program.resize(program.size() - deleted.size());
  if (program.empty()) program = first_line(folder / "comm");
  if (program.empty()) return std::nullopt;
  return program;
}

bool is_interpreter(std::string_view program) noexcept {
  const auto is_name = [&program](const char* name) { return program == name; };
  if (std::any_of(interpreters.begin(), interpreters.end(), is_name)) return true;
  const auto stem_end = program.find_last_not_of("0123456789.-");
  program = program.substr(0, stem_end == std::string_view::npos ? 0 : stem_end + 1);
  return std::any_of(interpreters.begin(), interpreters.end(), is_name);
}

std::string application_name(const std::optional<std::string>& process, std::string_view window_class) {
  if (process && (window_class.empty() || !is_interpreter(*process))) return *process;
  return lower_case(window_class);
}

}  // namespace activitytrack::x11
