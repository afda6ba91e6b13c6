#include <activitytrack/screen/screen_source.hpp>

#include "screen/session_lock.hpp"
#include "screen/x11_blank.hpp"
#include "screen/x11_monitors.hpp"
#include "screen/x11_windows.hpp"
#include "x11/connection.hpp"
#include "x11/no_sigpipe.hpp"
#include "x11/property.hpp"

#include <unistd.h>

#include <utility>

namespace activitytrack {
namespace {

class X11LockSource final : public LockSource {
 public:
  explicit X11LockSource(x11::Connection connection)
      : connection_(std::move(connection)),
        windows_(connection_),
        saver_(connection_),
        hint_(find_session(connection_.display(), getuid())) {}

  Result<bool> locked() override;

 private:
  bool locked_by_window();

  x11::Connection connection_;
  const x11::Atoms windows_;
  const XscreensaverAtoms saver_;
  const LockedHint hint_;
};

Result<bool> X11LockSource::locked() {
  const x11::NoSigpipe guard;
  const auto status = x11::ask(connection_, connection_.root(), saver_.status);
  const bool shown = locked_by_window();
  const bool saved = read_xscreensaver(connection_, saver_, status) == XscreensaverState::locked;
  // Errors, and what a server tells all its clients.
  while (connection_.next()) {
  }
  if (auto alive = connection_.alive(); !alive) return alive.error();
  return shown || saved || hint_.ask().value_or(false);
}

bool X11LockSource::locked_by_window() {
  const auto screen = screen_area(connection_);
  if (!screen) return false;
  x11::ProcessNames processes;
  return shows_locker(connection_, windows_, shown_windows(connection_, *screen), *screen, processes);
}

}  // namespace

Result<std::unique_ptr<LockSource>> make_x11_lock_source(const std::string& display) {
  const x11::NoSigpipe guard;
  auto connection = x11::Connection::open(display);
  if (!connection) return connection.error();
  auto source = std::make_unique<X11LockSource>(std::move(*connection));
  return std::unique_ptr<LockSource>(std::move(source));
}

}  // namespace activitytrack
