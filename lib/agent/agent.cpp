#include <activitytrack/agent/agent.hpp>

#include "agent/boot_record.hpp"
#include "agent/delivery.hpp"
#include "agent/given_parts.hpp"
#include "agent/lock_watch.hpp"
#include "agent/network_watch.hpp"
#include "agent/screenshots.hpp"
#include "agent/sleep_watch.hpp"
#include "agent/source_slot.hpp"
#include "agent/waits.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace activitytrack {
namespace {

/// While there is input, the sources are drained this often and not watched in between: samples carry their
/// times, so nothing is lost by it, and a thousand events a second cost half a wake-up a second.
constexpr std::chrono::seconds drain_pause{2};

/// A server knows an agent within seconds of its start, and a newcomer sees their first event: where events are sent,
/// the first interval is so short, and the first events are sent soon after they have ended, each by itself. They are
/// that one, the one that ends at the clock's next multiple, and the first whole one.
constexpr std::chrono::seconds first_interval{2};
constexpr int events_sent_soon = 3;

/// Does `call`; that the system gave no descriptor or thread comes back as an error.
template <class Call>
Result<void> try_to(std::string_view what, Call call) {
  try {
    call();
    return {};
  } catch (const std::system_error& failure) {
    return system_error(std::string(what) + ": " + failure.what(), failure.code().value());
  }
}

void make_earlier(std::optional<Ticks>& at, std::optional<Ticks> other) {
  if (other) at = at ? std::min(*at, *other) : *other;
}

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
  SleepWatch sleep;
  BootRecord boot;
  NetworkWatch network;
  std::unique_ptr<Delivery> delivery;
  int to_send_soon = events_sent_soon;
  std::optional<AgentState> described;  // what `delivery` was told last
  std::optional<AgentConfiguration> configuration;
  std::optional<Gap> before;  // why there is no event since the last one
  std::optional<Gap> state;   // why nothing is observed now
  Time since;                 // when that began
  Screenshots screenshots;

  WaitSet waits;
  Timer interval_timer{Timer::Base::wall};
  Timer timer{Timer::Base::steady};  // for the earliest of: next drain, reconnection, end of a pause
  bool watching = false;             // whether the sources are members of `waits`
  bool busy = false;                 // there was input: they are not watched, but drained once more at `drain_at`
  std::optional<Ticks> drain_at;     // when to drain though no descriptor says so
  bool paused = false;
  bool stopped = false;  // for good
  bool begun = false;    // it has observed before
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
                [this](const Event& event) { collected(event); }),
        input("input", parts.open_input, l),
        focus("focus", parts.open_focus, l),
        lock(parts.open_lock),
        sleep(std::move(parts.sleep), l),
        boot(parts.boot.id, parts.boot.file, l),
        since(c.now()),
        screenshots(std::move(parts.screenshots), network, c, l) {
    waits.add(interval_timer.fd());
    waits.add(timer.fd());
    waits.add(parts.zone->fd());
    waits.add(network.fd());
    waits.add(sleep.fd());
  }

  void collected(const Event& event) {
    intake.put(event);
    if (intake.error().empty()) boot.event_kept();
    if (delivery && to_send_soon > 0) --to_send_soon, delivery->send_soon();
    if (!parts.on_event) return;
    const Result<void> seen = caught("on_event", [&] { parts.on_event(event); });
    if (!seen) log.error("a part failed", {{"error", std::string_view(seen.error().message)}});
  }

  void start_delivery() {
    delivery.reset();
    if (!parts.sender) return;
    delivery = std::make_unique<Delivery>(parts.buffer, parts.sender, parts.on_answer, options.send_interval, network,
                                          clock, log);
    described.reset();
    describe();
  }

  /// Why nothing is observed. What was decided comes before what happens.
  std::optional<Gap> state_now() const {
    if (stopped) return Gap::stopped;
    if (paused) return Gap::paused;
    if (sleep.sleeps()) return Gap::asleep;
    return input.wanted() ? std::optional(Gap::blind) : std::nullopt;
  }

  /// Observes from now on, or no longer. It is reported to a server at once that nothing comes from here for a while:
  /// there may be no other time for it. A pause is the person's wish, and names the gap whatever else came before it.
  void follow_state(ClockReading now) {
    const std::optional<Gap> next = state_now();
    if (next == state && (next || sampler.observing())) return;
    state = next;
    since = now.wall;
    describe();
    if (!state) return start_sampling(now);
    if (!before || state == Gap::paused) before = state;
    sampler.stop(now);
    if (!delivery || stopped) return;  // a stop waits for it
    delivery->send_now(sleep.sleeps() ? sleep.take_hold() : nullptr);
  }

  AgentState::Capture capture() const {
    if (paused) return AgentState::Capture::paused;
    return input.is_open() || stopped ? AgentState::Capture::working : AgentState::Capture::failing;
  }

  /// Tells the server, with the next batch, how it is with this agent.
  void describe() {
    if (!delivery) return;
    AgentState said{options.version, options.sampler.interval.count(), options.send_interval.count(), capture()};
    said.machine_id = options.sampler.machine_id;
    said.state = state;
    if (state) said.since = since;
    said.configuration = configuration;
    if (described == said) return;
    described = said;
    delivery->describe(std::move(said));
  }

  void start_sampling(ClockReading now) {
    const Result<BufferStats> stats = parts.buffer->stats();
    const Time newest = stats ? stats->newest : Time::min();
    const bool first = !std::exchange(begun, true);
    if (first && newest != Time::min()) before = boot.gap_before_run();
    sampler.start(now, newest, first && parts.sender ? std::optional(first_interval) : std::nullopt,
                  std::exchange(before, std::nullopt));
    if (!first) send_soon();
  }

  void send_soon() {
    if (delivery) delivery->send_soon();
    screenshots.send_soon();
  }

  /// Everything there is to do at one moment. `drain_now`: also where the pause between drains is not over.
  void tick(bool drain_now) {
    const ClockReading now = clock.read();
    interval_timer.acknowledge();
    timer.acknowledge();
    if (stopped) return;
    if (network.changed()) {
      log.debug("the network may be there again");
      send_soon();
    }
    refresh_zone();
    follow_sleep(now);
    if (paused && paused_until && now.ticks >= *paused_until) resume(now);
    open_sources(now);
    follow_state(now);
    if (drain_now || !busy || now.ticks >= *drain_at || now.wall >= next_boundary()) drain(now);
    if (sampler.advance(now)) send_soon();  // it was asleep, perhaps for days
    follow_state(now);                      // a source may have been lost
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

  void follow_sleep(ClockReading now) {
    const bool slept = sleep.sleeps();
    sleep.look(now.ticks, waits);
    if (!slept && sleep.sleeps() && (paused || !delivery)) sleep.take_hold();  // nothing is to be said first
    if (slept && !sleep.sleeps()) drain(now);  // what came before it slept is not of the time after it
  }

  void open_sources(ClockReading now) {
    if (paused) return;
    const bool some_missing = input.wanted() || focus.wanted();
    input.open_if_due(now.ticks);
    focus.open_if_due(now.ticks);
    if (some_missing) unwatch();  // one may be there now, which is to be watched too
  }

  void drain(ClockReading now) {
    samples.clear();
    focus_samples.clear();
    unwatch();  // before a source that is lost closes its descriptor
    input.drain(now, samples);
    for (const InputDevice& device : input.take_devices(now)) parts.classifier->describe(device);
    if (!samples.empty()) lock.look(now.ticks, *parts.classifier);
    if (!focus.drain(now, focus_samples)) focus_samples.push_back({now.ticks, "", ""});
    for (const InputSample& sample : samples) sampler.input(sample);
    for (const FocusSample& sample : focus_samples) {
      sampler.focus(sample);
      screenshots.focus(sample);
    }
    busy = !samples.empty() || !focus_samples.empty();
    drain_at.reset();
    if (busy) drain_at = now.ticks + drain_pause;
    make_earlier(drain_at, input.poll_at(now.ticks));
    make_earlier(drain_at, focus.poll_at(now.ticks));
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
    if (!busy) watch();
    std::optional<Ticks> next = drain_at;
    if (!paused && input.wanted()) make_earlier(next, input.retry_at());
    if (!paused && focus.wanted()) make_earlier(next, focus.retry_at());
    if (paused) make_earlier(next, paused_until);
    make_earlier(next, sleep.next());
    next ? timer.set(*next) : timer.clear();
    sampler.observing() ? interval_timer.set(next_boundary()) : interval_timer.clear();
    describe();
  }

  void pause(ClockReading now, std::optional<std::chrono::minutes> duration) {
    paused_until = duration ? std::optional(now.ticks + *duration) : std::nullopt;
    if (!std::exchange(paused, true)) log.info("paused");
    screenshots.pause();  // a pause before this one may have ended meanwhile
    follow_state(now);
    // While paused nothing is looked at: the sources are closed.
    unwatch();
    input.close();
    focus.close();
    lock.close(now.ticks, *parts.classifier);
    busy = false;
    drain_at.reset();
  }

  void resume(ClockReading now) {
    if (stopped || !std::exchange(paused, false)) return;
    paused_until.reset();
    log.info("resumed");
    screenshots.resume(now.wall);
  }
};

Agent::Agent(std::unique_ptr<State> state) : state_(std::move(state)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::start(AgentParts parts, AgentOptions options, Clock& clock, Log& log) try {
  if (const Result<void> right = check_options(options); !right) return right.error();
  auto state = std::make_unique<State>(complete_parts(std::move(parts), clock, log), std::move(options), clock, log);
  const ClockReading now = clock.read();
  state->screenshots.configure(state->options, now.wall);
  state->tick(true);
  state->start_delivery();
  return std::unique_ptr<Agent>(new Agent(std::move(state)));
} catch (const std::system_error& failure) {
  return system_error(std::string("the agent cannot start: ") + failure.what(), failure.code().value());
}

int Agent::fd() const noexcept { return state_->waits.fd(); }

void Agent::dispatch() { state_->tick(false); }

void Agent::pause(std::optional<std::chrono::minutes> duration) {
  if (state_->stopped) return;
  state_->screenshots.pause();
  state_->tick(true);
  state_->pause(state_->clock.read(), duration);
  state_->tick(false);
}

void Agent::resume() {
  state_->resume(state_->clock.read());
  state_->tick(true);
}

Result<void> Agent::configure(AgentOptions options) {
  if (const Result<void> right = check_options(options); !right) return right;
  State& s = *state_;
  if (s.stopped) return Error{ErrorCode::unavailable, "the agent was stopped"};
  s.tick(true);
  const bool new_rhythm = options.send_interval != s.options.send_interval;
  s.options = std::move(options);
  s.sampler.configure(s.options.sampler, s.clock.read());
  if (new_rhythm && s.delivery) s.delivery->set_interval(s.options.send_interval);
  const Result<void> done =
      try_to("cannot take screenshots or send them", [&] { s.screenshots.configure(s.options, s.clock.now()); });
  s.tick(true);
  return done;
}

Result<void> Agent::replace_sender(std::shared_ptr<Sender> sender) {
  return try_to("cannot send events", [&] {
    state_->delivery.reset();
    state_->parts.sender = std::move(sender);
    state_->start_delivery();
  });
}

Result<void> Agent::replace_screenshot_sender(std::shared_ptr<ScreenshotSender> sender) {
  return try_to("cannot send screenshots", [&] { state_->screenshots.replace_sender(std::move(sender)); });
}

void Agent::say(AgentConfiguration configuration) {
  state_->configuration = std::move(configuration);
  state_->describe();
}

AgentStatus Agent::status() {
  State& s = *state_;
  s.tick(true);
  AgentStatus status;
  const ClockReading now = s.clock.read();
  status.interval = s.sampler.preview(now);
  status.gap = s.state;
  status.since = s.since;
  status.paused = s.paused;
  if (s.paused && s.paused_until) status.paused_until = now.wall + (*s.paused_until - now.ticks);
  status.display = s.input.is_open() ? "connected" : s.input.error();
  if (const Result<BufferStats> stats = s.parts.buffer->stats()) status.buffer = *stats;
  status.collected = s.intake.stored();
  status.buffer_error = s.intake.error();
  status.waiting = s.intake.waiting();
  if (s.delivery) status.delivery = s.delivery->status();
  status.screenshots = s.screenshots.status();
  return status;
}

void Agent::stop(std::chrono::milliseconds flush) {
  State& s = *state_;
  if (!s.paused) s.tick(true);
  s.unwatch();
  s.input.close();
  s.focus.close();
  s.stopped = true;
  s.interval_timer.clear();
  s.timer.clear();
  s.follow_state(s.clock.read());
  const auto end = std::chrono::steady_clock::now() + flush;
  if (s.delivery) s.delivery->flush(flush);
  s.delivery.reset();
  s.screenshots.close();  // last: a display or a desktop that does not answer may hold it up
  const auto left = std::chrono::floor<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  s.screenshots.flush(std::max(left, std::chrono::milliseconds(0)));
}

}  // namespace activitytrack
