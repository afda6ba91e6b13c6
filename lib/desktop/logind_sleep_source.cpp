// When the machine is about to sleep, by logind: its signal PrepareForSleep, and a lock that delays the sleep until the
// last word of what runs here is said. https://www.freedesktop.org/wiki/Software/systemd/inhibit/
#include <activitytrack/desktop/desktop.hpp>

#include "dbus/bus.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <utility>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

constexpr const char* logind = "org.freedesktop.login1";
constexpr const char* logind_path = "/org/freedesktop/login1";
constexpr const char* logind_manager = "org.freedesktop.login1.Manager";

constexpr auto patience = 500ms;

/// The lock is a descriptor: closed, it is given back.
class Lock final : public SleepHold {
 public:
  explicit Lock(int fd) : fd_(fd) {}
  ~Lock() override { release(); }
  void release() noexcept override {
    if (const int fd = fd_.exchange(-1); fd >= 0) ::close(fd);
  }

 private:
  std::atomic<int> fd_;
};

class LogindSleepSource final : public SleepSource {
 public:
  explicit LogindSleepSource(dbus::Bus bus) : bus_(std::move(bus)) {}

  Result<void> listen() {
    const int code = sd_bus_match_signal_async(bus_.get(), nullptr, logind, logind_path, logind_manager,
                                               "PrepareForSleep", said, nullptr, this);
    if (code < 0) return system_error("cannot listen to logind", -code);
    hold_ = take_lock();
    return process();
  }

  int fd() const noexcept override { return sd_bus_get_fd(bus_.get()); }

  Result<std::optional<bool>> drain() override {
    if (auto done = process(); !done) return done.error();
    const auto last = std::exchange(said_, std::nullopt);
    if (last == false && !hold_) {
      hold_ = take_lock();  // for the next sleep
      if (auto done = process(); !done) return done.error();
    }
    return last;
  }

  std::shared_ptr<SleepHold> take_hold() override { return std::move(hold_); }

 private:
  static int said(sd_bus_message* message, void* source, sd_bus_error*) {
    int begins = 0;
    if (sd_bus_message_read_basic(message, SD_BUS_TYPE_BOOLEAN, &begins) > 0)
      static_cast<LogindSleepSource*>(source)->said_ = begins != 0;
    return 0;
  }

  /// What came with the answer to a call waits inside the connection, and its descriptor does not tell.
  Result<void> process() {
    for (;;) {
      const int code = sd_bus_process(bus_.get(), nullptr);
      if (code < 0) return system_error("the D-Bus of the system", -code);
      if (code == 0) return {};
    }
  }

  /// Null where logind does not give one: then the sleep is not held back, and told of all the same.
  std::shared_ptr<SleepHold> take_lock() {
    const auto message = dbus::new_call(bus_, logind, logind_path, logind_manager, "Inhibit");
    if (!message || sd_bus_message_append(message->get(), "ssss", "sleep", "activitytrack",
                                          "Says that the machine sleeps", "delay") < 0)
      return nullptr;
    sd_bus_message_set_auto_start(message->get(), 0);
    const auto answer = dbus::call(bus_, *message, patience);
    int fd = -1;
    if (!answer || sd_bus_message_read_basic(answer->get(), SD_BUS_TYPE_UNIX_FD, &fd) <= 0) return nullptr;
    const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);  // that one is the message's
    return own >= 0 ? std::make_shared<Lock>(own) : nullptr;
  }

  dbus::Bus bus_;
  std::optional<bool> said_;
  std::shared_ptr<SleepHold> hold_;
};

}  // namespace

Result<std::unique_ptr<SleepSource>> make_sleep_source() {
  auto bus = dbus::open_bus(dbus::Which::system, patience);
  if (!bus) return bus.error();
  auto source = std::make_unique<LogindSleepSource>(std::move(*bus));
  if (auto listening = source->listen(); !listening) return listening.error();
  return std::unique_ptr<SleepSource>(std::move(source));
}

}  // namespace activitytrack
