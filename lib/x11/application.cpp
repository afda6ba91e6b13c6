#include "x11/application.hpp"

#include <unistd.h>
#include <xcb/res.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace activitytrack::x11 {
namespace {

// clang-format off
constexpr std::array interpreters = {
    "bash", "dash", "sh", "zsh", "fish", "python", "pypy", "perl", "ruby", "lua", "tclsh", "wish", "node", "deno",
    "bun", "java", "javaw", "dotnet", "mono", "mono-sgen", "php", "gjs", "guile", "electron", "nwjs", "wine",
    "wine64", "wine-preloader", "wine64-preloader", "qemu-x86_64", "Rscript"};
// clang-format on

constexpr std::uint32_t iconic_state = 3;  // ICCCM 4.1.3.1

char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether a window's WM_CLIENT_MACHINE is this host, by its full or its short name; none given is.
bool is_this_host(std::string_view machine) {
  std::array<char, 256> name{};
  if (machine.empty() || gethostname(name.data(), name.size() - 1) != 0) return true;
  const std::string_view host(name.data());
  return machine.substr(0, machine.find('.')) == host.substr(0, host.find('.'));
}

/// Asks which process of this machine made `window`. Only where the server has X-Resource.
xcb_res_query_client_ids_cookie_t ask_client_process(const Connection& connection, xcb_window_t window) {
  const xcb_res_client_id_spec_t of_window{window, XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID};
  return xcb_res_query_client_ids(connection.get(), 1, &of_window);
}

/// The answer: as the server's socket has it, whatever the program says of itself. Nothing for a client of
/// another machine or a window that is gone.
std::optional<pid_t> client_process(const Connection& connection, xcb_res_query_client_ids_cookie_t cookie) {
  const auto reply = reply_to<xcb_res_query_client_ids_reply>(connection, cookie);
  if (!reply) return std::nullopt;  // before X-Resource 1.2 the request was unknown
  for (auto ids = xcb_res_query_client_ids_ids_iterator(reply.get()); ids.rem > 0; xcb_res_client_id_value_next(&ids)) {
    const bool is_pid = (ids.data->spec.mask & XCB_RES_CLIENT_ID_MASK_LOCAL_CLIENT_PID) != 0;
    if (!is_pid || xcb_res_client_id_value_value_length(ids.data) < 1) continue;
    return static_cast<pid_t>(*xcb_res_client_id_value_value(ids.data));
  }
  return std::nullopt;
}

/// What is asked of a window to know its names.
class NamesQuestion {
 public:
  NamesQuestion(const Connection& connection, const Atoms& atoms, xcb_window_t window, bool ask_client)
      : wm_class_(ask(connection, window, XCB_ATOM_WM_CLASS)),
        state_(ask(connection, window, atoms.wm_state)),
        net_state_(ask(connection, window, atoms.net_wm_state)),
        pid_(ask(connection, window, atoms.net_wm_pid)),
        machine_(ask(connection, window, XCB_ATOM_WM_CLIENT_MACHINE)) {
    if (ask_client) client_ = ask_client_process(connection, window);
  }

  WindowNames answer(const Connection& connection, const Atoms& atoms, ProcessNames& processes) const {
    const Property wm_class(connection, wm_class_);
    const Property state(connection, state_);
    const Property net_state(connection, net_state_);
    const auto pid = Property(connection, pid_).number();
    const Property machine(connection, machine_);
    const auto client = client_ ? client_process(connection, *client_) : std::nullopt;

    WindowNames window;
    const auto states = net_state.numbers();
    window.managed = state.exists();
    window.minimised = state.number() == iconic_state ||
                       std::find(states.begin(), states.end(), atoms.net_wm_state_hidden) != states.end();
    if (window.minimised) return window;
    const auto add = [&names = window.names](std::string_view name) {
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    };
    const WindowClass parts = split_class(wm_class.text());
    std::optional<std::string> own, known;
    if (pid && is_this_host(machine.text())) own = processes.of(static_cast<pid_t>(*pid));
    if (client) known = processes.of(*client);
    add(application_name(own, parts.name));
    add(own.value_or(""));
    add(known.value_or(""));
    add(parts.instance);
    add(parts.name);
    return window;
  }

 private:
  xcb_get_property_cookie_t wm_class_, state_, net_state_, pid_, machine_;
  std::optional<xcb_res_query_client_ids_cookie_t> client_;
};

}  // namespace

std::optional<std::string> process_name(pid_t pid, const std::filesystem::path& proc) {
  const auto folder = proc / std::to_string(pid);
  // A kernel thread has no command line, and neither has what does not exist.
  if (std::ifstream(folder / "cmdline").peek() == std::ifstream::traits_type::eof()) return std::nullopt;

  std::error_code failed;
  std::string program = std::filesystem::read_symlink(folder / "exe", failed).filename().string();
  constexpr std::string_view deleted = " (deleted)";  // the program was upgraded while it ran
  if (program.ends_with(deleted)) program.resize(program.size() - deleted.size());
  if (program.empty()) {
    std::ifstream comm(folder / "comm");
    std::getline(comm, program);
  }
  if (program.empty()) return std::nullopt;
  return program;
}

bool is_interpreter(std::string_view program) noexcept {
  const auto stem = program.substr(0, program.find_last_not_of("0123456789.-") + 1);
  return std::any_of(interpreters.begin(), interpreters.end(),
                     [&](std::string_view name) { return name == program || name == stem; });
}

std::string application_name(const std::optional<std::string>& process, std::string_view window_class) {
  if (process && (window_class.empty() || !is_interpreter(*process))) return *process;
  std::string lower(window_class);
  std::ranges::transform(lower, lower.begin(), ascii_lower);
  return lower;
}

std::string window_app(const Connection& connection, const Atoms& atoms, xcb_window_t window) {
  const auto ask_pid = ask(connection, window, atoms.net_wm_pid);
  const auto ask_machine = ask(connection, window, XCB_ATOM_WM_CLIENT_MACHINE);
  const auto ask_class = ask(connection, window, XCB_ATOM_WM_CLASS);
  const auto pid = Property(connection, ask_pid).number();
  const Property machine(connection, ask_machine);
  const Property wm_class(connection, ask_class);
  std::optional<std::string> process;
  if (pid && is_this_host(machine.text())) process = process_name(static_cast<pid_t>(*pid));
  return application_name(process, split_class(wm_class.text()).name);
}

std::vector<WindowNames> window_names(const Connection& connection, const Atoms& atoms,
                                      std::span<const xcb_window_t> windows, ProcessNames& processes) {
  const bool ask_client = !windows.empty() && find_extension(connection, xcb_res_id) != nullptr;
  std::vector<NamesQuestion> asked;
  asked.reserve(windows.size());
  for (const xcb_window_t window : windows) asked.emplace_back(connection, atoms, window, ask_client);
  std::vector<WindowNames> all;
  all.reserve(windows.size());
  for (const auto& question : asked) all.push_back(question.answer(connection, atoms, processes));
  return all;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

WindowClass split_class(std::string_view wm_class) noexcept {
  const auto instance_end = wm_class.find('\0');
  if (instance_end == std::string_view::npos) return {wm_class, wm_class};
  const std::string_view rest = wm_class.substr(instance_end + 1);
  return {wm_class.substr(0, instance_end), rest.substr(0, rest.find('\0'))};
}

}  // namespace activitytrack::x11
