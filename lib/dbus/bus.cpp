#include "dbus/bus.hpp"

#include <cerrno>
#include <string>

namespace activitytrack::dbus {
namespace {

using std::chrono::microseconds;
using Clock = std::chrono::steady_clock;

Error not_open(Which which, int code) {
  constexpr const char* session =
      "cannot connect to the D-Bus of the session; check $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR";
  Error error = system_error(which == Which::session ? session : "cannot connect to the D-Bus of the system", -code);
  error.code = ErrorCode::unavailable;
  return error;
}

/// sd_bus_call() would wait 90 s for a bus that takes connections and says nothing.
int wait_until_ready(sd_bus* bus, Clock::time_point end) {
  for (;;) {
    if (const int ready = sd_bus_is_ready(bus); ready != 0) return ready;
    const int done = sd_bus_process(bus, nullptr);
    if (done < 0) return done;
    if (done > 0) continue;
    const auto left = std::chrono::duration_cast<microseconds>(end - Clock::now());
    if (left <= microseconds(0)) return -ETIMEDOUT;
    const int waited = sd_bus_wait(bus, static_cast<std::uint64_t>(left.count()));
    if (waited < 0 && waited != -EINTR) return waited;
  }
}

}  // namespace

Result<Bus> open_bus(Which which, microseconds patience) {
  const auto end = Clock::now() + patience;
  sd_bus* opened = nullptr;
  int code = which == Which::session ? sd_bus_open_user(&opened) : sd_bus_open_system(&opened);
  Bus bus(opened);
  if (code >= 0) code = wait_until_ready(bus.get(), end);
  if (code >= 0) return bus;
  // What is not answered must not be waited for again.
  if (bus) sd_bus_close(bus.get());
  return not_open(which, code);
}

Result<Message> new_call(const Bus& bus, const char* destination, const char* path, const char* interface,
                         const char* method) {
  sd_bus_message* made = nullptr;
  const int code = sd_bus_message_new_method_call(bus.get(), &made, destination, path, interface, method);
  Message message(made);
  if (code < 0) return system_error(std::string("cannot call ") + method + " by D-Bus", -code);
  return message;
}

Result<Message> call(const Bus& bus, const Message& message, microseconds patience) {
  sd_bus_message* answered = nullptr;
  const int code =
      sd_bus_call(bus.get(), message.get(), static_cast<std::uint64_t>(patience.count()), nullptr, &answered);
  Message answer(answered);
  if (code >= 0) return answer;
  Error error = system_error(std::string("no answer to ") + sd_bus_message_get_member(message.get()) + " from " +
                                 sd_bus_message_get_destination(message.get()) + " on the D-Bus",
                             -code);
  error.code = code == -ETIMEDOUT ? ErrorCode::timeout : ErrorCode::unavailable;
  return error;
}

std::optional<bool> call_for_bool(const Bus& bus, const Message& message, microseconds patience) {
  sd_bus_message_set_auto_start(message.get(), 0);
  const auto answer = call(bus, message, patience);
  if (!answer) return answer.error().code == ErrorCode::timeout ? std::nullopt : std::optional(false);
  char type = 0;
  const char* contents = nullptr;
  if (sd_bus_message_peek_type(answer->get(), &type, &contents) > 0 && type == SD_BUS_TYPE_VARIANT &&
      sd_bus_message_enter_container(answer->get(), type, contents) < 0)
    return false;
  int yes = 0;
  return sd_bus_message_read_basic(answer->get(), SD_BUS_TYPE_BOOLEAN, &yes) > 0 && yes != 0;
}

}  // namespace activitytrack::dbus
