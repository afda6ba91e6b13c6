// print_input [DISPLAY [PAUSE_MS]]: what the X11 sources see, for the integration tests and for a look by
// hand.
//
// Prints one JSON line each second, and a last one when standard input closes or SIGTERM comes: totals
// so far (genuine and synthetic), the devices' numbers, and the window that has the focus. After each
// drain it pauses PAUSE_MS (0), to see what comes in larger batches.

#include <activitytrack/core/clock.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/input_source.hpp>

#include "core/json_writer.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace activitytrack;

namespace {

struct Totals {
  long key_press = 0;
  long key_release = 0;
  long button_press = 0;
  double scroll = 0;    ///< notches on both axes
  double scroll_x = 0;  ///< right less left
  double scroll_y = 0;  ///< up less down
  long motions = 0;
  double motion_px = 0;
  std::set<int> devices;

  void add(const InputSample& sample) {
    devices.insert(sample.device);
    switch (sample.kind) {
      case InputKind::key_press:
        ++key_press;
        break;
      case InputKind::key_release:
        ++key_release;
        break;
      case InputKind::button_press:
        ++button_press;
        break;
      case InputKind::button_release:
        break;
      case InputKind::scroll:
        scroll += std::abs(sample.dx) + std::abs(sample.dy);
        scroll_x += sample.dx;
        scroll_y += sample.dy;
        break;
      case InputKind::motion:
        ++motions;
        motion_px += std::hypot(sample.dx, sample.dy);
        break;
    }
  }

  void write(JsonWriter& json) const {
    json.begin_object().field("key_press", key_press).field("key_release", key_release);
    json.field("button_press", button_press).field("scroll", scroll).field("scroll_x", scroll_x);
    json.field("scroll_y", scroll_y).field("motions", motions).field("motion_px", motion_px);
    json.key("devices").begin_array();
    for (const int device : devices) json.value(device);
    json.end_array().end_object();
  }
};

class Probe {
 public:
  Probe(std::unique_ptr<InputSource> input, std::unique_ptr<FocusSource> focus)
      : input_(std::move(input)), focus_(std::move(focus)) {}

  int input_fd() const { return input_->fd(); }
  int focus_fd() const { return focus_->fd(); }

  Result<void> drain() {
    const ClockReading now = system_clock().read();
    samples_.clear();
    focuses_.clear();
    ++drains_;
    auto done = input_->drain(now, samples_);
    for (const auto& sample : samples_) {
      (sample.synthetic ? synthetic_ : genuine_).add(sample);
      if (sample.at < last_ || sample.at > now.ticks) ++disorders_;
      last_ = sample.at;
    }
    if (done) done = focus_->drain(now, focuses_);
    focus_samples_ += focuses_.size();
    if (!focuses_.empty()) shown_ = focuses_.back();
    return done;
  }

  void print() const {
    std::string line;
    JsonWriter json(line);
    json.begin_object().key("genuine");
    genuine_.write(json);
    json.key("synthetic");
    synthetic_.write(json);
    json.field("app", shown_.app).field("title", shown_.title).field("focus_samples", focus_samples_);
    json.field("drains", drains_).field("disorders", disorders_).end_object();
    std::puts(line.c_str());
    std::fflush(stdout);
  }

 private:
  std::unique_ptr<InputSource> input_;
  std::unique_ptr<FocusSource> focus_;
  std::vector<InputSample> samples_;
  std::vector<FocusSample> focuses_;
  Totals genuine_;
  Totals synthetic_;
  FocusSample shown_;
  Ticks last_{};
  std::size_t focus_samples_ = 0;
  long drains_ = 0;
  long disorders_ = 0;  ///< samples that came before their time or out of order
};

int sigterm_fd() {
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, nullptr);
  return signalfd(-1, &term, SFD_CLOEXEC);
}

bool at_end_of_input() {
  char bytes[256];
  return read(STDIN_FILENO, bytes, sizeof(bytes)) <= 0;
}

int fail(const Error& error) {
  std::fprintf(stderr, "print_input: %s\n", error.message.c_str());
  return 1;
}

int run(Probe& probe, std::chrono::milliseconds pause) {
  pollfd waits[] = {{STDIN_FILENO, POLLIN, 0},
                    {sigterm_fd(), POLLIN, 0},
                    {probe.input_fd(), POLLIN, 0},
                    {probe.focus_fd(), POLLIN, 0}};
  auto next_line = std::chrono::steady_clock::now();
  for (bool ended = false; !ended;) {
    const auto left = next_line - std::chrono::steady_clock::now();
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    if (poll(waits, std::size(waits), static_cast<int>(std::max<long>(left_ms, 0))) < 0 && errno != EINTR) return 1;
    ended = waits[1].revents != 0 || (waits[0].revents != 0 && at_end_of_input());
    if (const auto drained = probe.drain(); !drained) return probe.print(), fail(drained.error());
    if (!ended) std::this_thread::sleep_for(pause);
    if (!ended && std::chrono::steady_clock::now() < next_line) continue;
    probe.print();
    next_line += std::chrono::seconds(1);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string display = argc > 1 ? argv[1] : "";
  auto input = make_input_source(display);
  if (!input) return fail(input.error());
  auto focus = make_focus_source(display);
  if (!focus) return fail(focus.error());
  Probe probe(std::move(*input), std::move(*focus));
  return run(probe, std::chrono::milliseconds(argc > 2 ? std::atoi(argv[2]) : 0));
}
