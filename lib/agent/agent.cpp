#include <activitytrack/agent/agent.hpp>

#include "agent/intake.hpp"
#include "agent/lock_watch.hpp"
#include "agent/screenshots.hpp"
#include "agent/source_slot.hpp"
#include "agent/timers.hpp"
#include "agent/wait_set.hpp"

#include <utility>

namespace activitytrack {
namespace {

/// While there is input, the sources are drained this often and not watched in between: samples carry their
/// times, so nothing is lost by it, and a thousand events a second cost half a wake-up a second.
constexpr std::chrono::seconds drain_pause{2};

}  // namespace

struct Agent::State {
  AgentParts parts;
  AgentOptions options;
  Clock& clock;
  Log& log;
  Intake intake;
  Sampler sampler;
  SourceSlot<InputSource, InputSample> input;
  SourceSlot<FocusSource, FocusSample> focus;
  LockWatch lock;
  std::unique_ptr<Delivery> delivery;
  std::optional<AgentState> described;  // what `delivery` was told last
  Screenshots screenshots;

  WaitSet waits;
  Timer interval_timer{Timer::Base::wall};
  Timer timer{Timer::Base::steady};  // for the earliest of: next drain, reconnection, end of a pause
  bool watching = false;             // whether the sources are members of `waits`
  std::optional<Ticks> drain_at;
  bool paused = false;
  std::optional<Ticks> paused_until;
  std::vector<InputSample> samples;  // kept for their capacity
  std::vector<FocusSample> focus_samples;

  State(AgentParts p, AgentOptions o, Clock& c, Log& l)
      : parts(std::move(p)),
        options(std::move(o)),
        clock(c),
        log(l),
        intake(parts.buffer, l),
        sampler(options.sampler, *parts.classifier, *parts.system, *parts.zone,
                [this](Event event) { intake.put(std::move(event)); }),
        input("input", parts.open_input, l),
        focus("focus", parts.open_focus, l),
        lock(parts.open_lock),
        screenshots(std::move(parts.screenshots), c, l) {
    waits.add(interval_timer.fd());
    waits.add(timer.fd());
    waits.add(parts.zone->fd());
  }

  void start_delivery() {
    delivery.reset();
    if (!parts.sender) return;
    delivery = std::make_unique<Delivery>(parts.buffer, parts.sender, options.send_interval, clock, log);
    described.reset();
    describe();
  }

  Capture capture() const {
    if (paused) return Capture::paused;
    return input.fd() >= 0 ? Capture::working : Capture::failing;
  }

  /// Tells the server, with the next batch, how it is with this agent.
  void describe() {
    if (!delivery) return;
    AgentState state{options.version, options.sampler.interval.count(), options.send_interval.count(), capture()};
    if (described == state) return;
    described = state;
    delivery->describe(std::move(state));
  }

  void start_sampling(ClockReading now) {
    const Result<BufferStats> stats = parts.buffer->stats();
    sampler.start(now, stats ? stats->newest : Time::min());
  }

  /// Everything there is to do at one moment. `drain_now`: also where the pause between drains is not over.
  void tick(bool drain_now) {
    const ClockReading now = clock.read();
    interval_timer.acknowledge();
    timer.acknowledge();
    refresh_zone();
    if (paused && paused_until && now.ticks >= *paused_until) resume(now);
    open_sources(now);
    if (drain_now || !drain_at || now.ticks >= *drain_at || now.wall >= next_boundary()) drain(now);
    sampler.advance(now);
    screenshots.advance(
        now.wall, [&] { return sampler.active(now.ticks); }, *parts.zone);
    arm();
  }

  /// When the clock reaches something that has to be looked at with all input known.
  Time next_boundary() const {
    const std::optional<Time> screenshot = screenshots.next();
    return screenshot ? std::min(*screenshot, sampler.next_boundary()) : sampler.next_boundary();
  }

  void refresh_zone() {
    if (!readable(parts.zone->fd()) || !parts.zone->refresh()) return;
    const std::string name = parts.zone->name();
    log.info("the time zone changed",
             {{"zone", std::string_view(name)}, {"utc_offset_min", parts.zone->utc_offset_min(clock.now())}});
  }

  void open_sources(ClockReading now) {
    if (paused) return;
    const bool input_was_open = input.fd() >= 0, focus_was_open = focus.fd() >= 0;
    input.open_if_due(now.ticks);
    focus.open_if_due(now.ticks);
    if ((input.fd() >= 0) != input_was_open || (focus.fd() >= 0) != focus_was_open) unwatch();
  }

  void drain(ClockReading now) {
    samples.clear();
    focus_samples.clear();
    unwatch();  // before a source that is lost closes its descriptor
    input.drain(now, samples);
    for (const InputDevice& device : input.take_devices()) parts.classifier->describe(device);
    if (!samples.empty()) lock.look(now.ticks, *parts.classifier);
    if (!focus.drain(now, focus_samples)) focus_samples.push_back({now.ticks, "", ""});
    for (const InputSample& sample : samples) sampler.input(sample);
    for (const FocusSample& sample : focus_samples) {
      sampler.focus(sample);
      screenshots.focus(sample);
    }
    if (samples.empty() && focus_samples.empty()) {
      drain_at.reset();
    } else {
      drain_at = now.ticks + drain_pause;
    }
  }

  void watch() {
    if (watching) return;
    waits.add(input.fd());
    waits.add(focus.fd());
    watching = true;
  }

  void unwatch() {
    if (!watching) return;
    waits.remove(input.fd());
    waits.remove(focus.fd());
    watching = false;
  }

  void arm() {
    if (!drain_at) watch();
    std::optional<Ticks> next = drain_at;
    const auto also = [&](Ticks at) { next = next ? std::min(*next, at) : at; };
    if (!paused && input.wanted()) also(input.retry_at());
    if (!paused && focus.wanted()) also(focus.retry_at());
    if (paused && paused_until) also(*paused_until);
    next ? timer.set(*next) : timer.clear();
    sampler.observing() ? interval_timer.set(next_boundary()) : interval_timer.clear();
    describe();
  }

  void pause(ClockReading now, std::optional<std::chrono::minutes> duration) {
    paused_until = duration ? std::optional(now.ticks + *duration) : std::nullopt;
    if (!std::exchange(paused, true)) log.info("paused");
    screenshots.pause();  // a pause before this one may have ended meanwhile
    describe();           // before the last event can be sent
    sampler.stop(now);
    // While paused nothing is looked at: the sources are closed.
    unwatch();
    input.close();
    focus.close();
    lock.close(now.ticks, *parts.classifier);
    drain_at.reset();
  }

  void resume(ClockReading now) {
    if (!std::exchange(paused, false)) return;
    paused_until.reset();
    log.info("resumed");
    start_sampling(now);
    screenshots.resume(now.wall);
  }
};

Agent::Agent(std::unique_ptr<State> state) : state_(std::move(state)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::start(AgentParts parts, AgentOptions options, Clock& clock, Log& log) {
  auto state = std::make_unique<State>(std::move(parts), std::move(options), clock, log);
  const ClockReading now = clock.read();
  state->start_sampling(now);
  state->screenshots.configure(state->options.screenshots, state->options.send_interval, now.wall);
  state->tick(true);
  state->start_delivery();
  return std::unique_ptr<Agent>(new Agent(std::move(state)));
}

int Agent::fd() const noexcept { return state_->waits.fd(); }

void Agent::dispatch() { state_->tick(false); }

void Agent::pause(std::optional<std::chrono::minutes> duration) {
  state_->screenshots.pause();
  state_->tick(true);
  state_->pause(state_->clock.read(), duration);
  state_->tick(false);
}

void Agent::resume() {
  state_->resume(state_->clock.read());
  state_->tick(true);
}

void Agent::configure(AgentOptions options) {
  State& s = *state_;
  s.tick(true);
  const bool new_rhythm = options.send_interval != s.options.send_interval;
  s.options = std::move(options);
  s.sampler.configure(s.options.sampler, s.clock.read());
  if (new_rhythm && s.delivery) s.delivery->set_interval(s.options.send_interval);
  s.screenshots.configure(s.options.screenshots, s.options.send_interval, s.clock.now());
  s.tick(true);
}

void Agent::replace_sender(std::shared_ptr<Sender> sender) {
  state_->delivery.reset();
  state_->parts.sender = std::move(sender);
  state_->start_delivery();
}

void Agent::replace_screenshot_sender(std::shared_ptr<ScreenshotSender> sender) {
  state_->screenshots.replace_sender(std::move(sender));
}

AgentStatus Agent::status() {
  State& s = *state_;
  s.tick(true);
  AgentStatus status;
  const ClockReading now = s.clock.read();
  status.interval = s.sampler.preview(now);
  status.paused = s.paused;
  if (s.paused && s.paused_until) status.paused_until = now.wall + (*s.paused_until - now.ticks);
  status.display = s.input.fd() >= 0 ? "connected" : s.input.error();
  if (const Result<BufferStats> stats = s.parts.buffer->stats()) status.buffer = *stats;
  status.collected = s.intake.stored();
  status.buffer_error = s.intake.error();
  status.waiting = s.intake.waiting();
  if (s.delivery) {
    const DeliveryStatus d = s.delivery->status();
    status.last_success = d.last_success;
    status.send_error = d.last_error;
    status.sent = d.sent;
    status.rejected = d.rejected;
  }
  status.screenshots = s.screenshots.status();
  return status;
}

void Agent::stop(std::chrono::milliseconds flush) {
  State& s = *state_;
  if (!s.paused) s.tick(true);
  s.unwatch();
  s.input.close();
  s.focus.close();
  s.sampler.stop(s.clock.read());
  const auto end = std::chrono::steady_clock::now() + flush;
  if (s.delivery) s.delivery->flush(flush);
  s.delivery.reset();
  s.screenshots.close();  // last: a display or a desktop that does not answer may hold it up
  const auto left = std::chrono::floor<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  s.screenshots.flush(std::max(left, std::chrono::milliseconds(0)));
}

}  // namespace activitytrack
