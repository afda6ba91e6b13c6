#pragma once

#include "x11/connection.hpp"
#include "x11/window.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::x11 {

// How the application that a window belongs to is called: by its process, or by its window's class.

/// The name of process `pid`: the last part of the path of its program (`proc`/PID/exe, see proc(5)),
/// or where that may not be read, its short name (`proc`/PID/comm). Nothing if there is no such process,
/// or it is a kernel thread: a sandbox reports numbers of its own, which here may be one's.
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

/// The application's name, from its process (may be unknown) and from the class part of its WM_CLASS (may be empty):
/// the process's name, unless that is an interpreter and the window has a class; else the class in lower case; else "".
std::string application_name(const std::optional<std::string>& process, std::string_view window_class);

/// The application that `window` belongs to; "" if that is not known. Not cleaned. Asks the server.
std::string window_app(const Connection& connection, const Atoms& atoms, xcb_window_t window);

/// What may be known of a window's application without its title.
struct WindowNames {
  /// window_app(), the names of its processes (as the server and as the window report them), and the instance
  /// and the class of its WM_CLASS; as far as they are there.
  std::vector<std::string> names;
  bool managed = false;    ///< has WM_STATE: it is an application's own window
  bool minimised = false;  ///< WM_STATE says iconic, or _NET_WM_STATE hidden
};

/// Of each window, in their order. Asks of all before it waits.
std::vector<WindowNames> window_names(const Connection& connection, const Atoms& atoms,
                                      std::span<const xcb_window_t> windows, ProcessNames& processes);

/// Whether the two are equal but for the case of ASCII letters.
bool same_name(std::string_view a, std::string_view b) noexcept;

/// What a WM_CLASS holds: two strings, each with a NUL after it.
struct WindowClass {
  std::string_view instance;
  std::string_view name;  ///< the class itself; where there is only one string, that one
};
WindowClass split_class(std::string_view wm_class) noexcept;

}  // namespace activitytrack::x11
