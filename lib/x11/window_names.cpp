#include "x11/window_names.hpp"

#include "x11/client_process.hpp"
#include "x11/property.hpp"

#include <algorithm>
#include <optional>

namespace activitytrack::x11 {
namespace {

constexpr std::uint32_t iconic_state = 3;  // ICCCM 4.1.3.1

struct Asked {
  xcb_get_property_cookie_t wm_class, state, net_state, pid, machine;
  xcb_res_query_client_ids_cookie_t client;
};

Asked ask_all(const Connection& connection, const Atoms& atoms, xcb_window_t window, bool ask_client) {
  return {ask(connection, window, XCB_ATOM_WM_CLASS),
          ask(connection, window, atoms.wm_state),
          ask(connection, window, atoms.net_wm_state),
          ask(connection, window, atoms.net_wm_pid),
          ask(connection, window, XCB_ATOM_WM_CLIENT_MACHINE),
          ask_client ? ask_client_process(connection, window) : xcb_res_query_client_ids_cookie_t{}};
}

void add(std::vector<std::string>& names, std::string_view name) {
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
  names.emplace_back(name);
}

WindowNames take(const Connection& connection, const Atoms& atoms, const Asked& asked, bool asked_client,
                 ProcessNames& processes) {
  const Property wm_class(connection, asked.wm_class);
  const Property state(connection, asked.state);
  const Property net_state(connection, asked.net_state);
  const auto pid = Property(connection, asked.pid).number();
  const Property machine(connection, asked.machine);
  const auto client = asked_client ? client_process(connection, asked.client) : std::nullopt;

  WindowNames window;
  const auto states = net_state.numbers();
  window.managed = state.exists();
  window.minimised = state.number() == iconic_state ||
                     std::find(states.begin(), states.end(), atoms.net_wm_state_hidden) != states.end();
  if (window.minimised) return window;
  const WindowClass parts = split_class(wm_class.text());
  std::optional<std::string> told;
  if (pid && is_this_host(machine.text())) told = processes.of(static_cast<pid_t>(*pid));
  std::optional<std::string> known;
  if (client) known = processes.of(*client);
  add(window.names, application_name(told, parts.name));
  for (const auto& process : {told, known}) add(window.names, process.value_or(""));
  add(window.names, parts.instance);
  add(window.names, parts.name);
  return window;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::vector<WindowNames> window_names(const Connection& connection, const Atoms& atoms,
                                      std::span<const xcb_window_t> windows, ProcessNames& processes) {
  const bool ask_client = !windows.empty() && has_client_process(connection);
  std::vector<Asked> asked;
  asked.reserve(windows.size());
  for (const xcb_window_t window : windows) asked.push_back(ask_all(connection, atoms, window, ask_client));
  std::vector<WindowNames> all;
  all.reserve(windows.size());
  for (const Asked& one : asked) all.push_back(take(connection, atoms, one, ask_client, processes));
  return all;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return lower(left) == lower(right); });
}

}  // namespace activitytrack::x11
