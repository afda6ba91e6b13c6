#pragma once

#include <activitytrack/core/result.hpp>

#include <systemd/sd-bus.h>

#include <chrono>
#include <memory>
#include <optional>

namespace activitytrack::dbus {

struct BusDeleter {
  void operator()(sd_bus* bus) const noexcept { sd_bus_flush_close_unref(bus); }
};
/// A connection; used only by the thread that opened it.
using Bus = std::unique_ptr<sd_bus, BusDeleter>;

struct MessageDeleter {
  void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageDeleter>;

enum class Which { session, system };

/// Connects, and is let in, within `patience`. No bus is started for it; without one: `unavailable`.
Result<Bus> open_bus(Which which, std::chrono::microseconds patience);

/// A call to be filled in and sent by call().
Result<Message> new_call(const Bus& bus, const char* destination, const char* path, const char* interface,
                         const char* method);

/// Sends it and waits for the answer.
Result<Message> call(const Bus& bus, const Message& message, std::chrono::microseconds patience);

/// The boolean that the answer is, or holds as a variant; false for any other, and where no service is there to
/// answer: none is started for it. Nothing if the service does not answer within `patience`.
std::optional<bool> call_for_bool(const Bus& bus, const Message& message, std::chrono::microseconds patience);

}  // namespace activitytrack::dbus
