#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack::x11 {

/// The name of process `pid`: the last part of the path of its program (`proc`/PID/exe, see proc(5)),
/// or where that may not be read, its short name (`proc`/PID/comm). Nothing if there is no such process,
/// or it is a kernel thread: a sandbox tells numbers of its own, which here may name one.
std::optional<std::string> process_name(pid_t pid, const std::filesystem::path& proc = "/proc");

/// The same for many windows at one moment: each process is looked up once.
class ProcessNames {
 public:
  const std::optional<std::string>& of(pid_t pid) {
    const auto [known, is_new] = known_.try_emplace(pid);
    if (is_new) known->second = process_name(pid);
    return known->second;
  }

 private:
  std::map<pid_t, std::optional<std::string>> known_;
};

/// Whether `program` runs programs of others (python3.11, java, node, electron, bash, ...), so that its
/// own name says nothing of the application.
bool is_interpreter(std::string_view program) noexcept;

/// The application's name, from its process (may be unknown) and from the class part of its WM_CLASS (may
/// be empty): the process's name, unless that is an interpreter and the window has a class; else the
/// class in lower case; else "".
std::string application_name(const std::optional<std::string>& process, std::string_view window_class);

}  // namespace activitytrack::x11
