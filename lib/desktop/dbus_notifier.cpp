// Notifications by org.freedesktop.Notifications on the session's D-Bus.
#include <activitytrack/desktop/desktop.hpp>

#include "dbus/bus.hpp"

#include <chrono>
#include <cstdint>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

class DesktopNotifier final : public Notifier {
 public:
  Result<void> notify(const std::string& title, const std::string& text) override {
    constexpr auto patience = 3s;
    constexpr std::int32_t shown_ms = 3000;
    const auto bus = dbus::open_bus(dbus::Which::session, patience);
    if (!bus) return bus.error();
    const auto message = dbus::new_call(*bus, "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
                                        "org.freedesktop.Notifications", "Notify");
    if (!message) return message.error();
    constexpr std::uint32_t replaces_none = 0;
    const int code = sd_bus_message_append(message->get(), "susssasa{sv}i", "activitytrack", replaces_none,
                                           "camera-photo", title.c_str(), text.c_str(), 0, 0, shown_ms);
    if (code < 0) return system_error("cannot write a notification", -code);
    const auto shown = dbus::call(*bus, *message, patience);
    if (!shown) return shown.error();
    return {};
  }
};

}  // namespace

std::unique_ptr<Notifier> make_desktop_notifier() { return std::make_unique<DesktopNotifier>(); }

}  // namespace activitytrack
