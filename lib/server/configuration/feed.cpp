#include "server/configuration/feed.hpp"

#include "core/text.hpp"
#include "server/configuration/rollout_steps.hpp"
#include "server/configuration/versions.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::milliseconds look_each{500};

/// How often a rollout is looked at; more seldom where that takes long, so that each server spends no more than a
/// twentieth of its time, and of the database's, on it: the machines that were told are read then, and once a wave has
/// had its time and waits for a machine, all.
constexpr std::chrono::seconds drive_each{1};
constexpr int drive_rests = 19;  // times as long as it took

/// Beyond so many, what is new is handed out over some time, so that a large fleet does not come back all at once.
constexpr std::size_t handed_out_at_once = 1'500;
constexpr std::chrono::milliseconds most_jitter{10'000};

}  // namespace

SentSettings settings_for(const Layers& layers, const std::string& machine_id,
                          const MachineConfigurationState& machine) {
  auto wanted = layers.wanted(machine_id, machine);
  SentSettings sent{.version = wanted.version, .values = std::move(wanted.values)};
  sent.left_out = leave_out(sent.values, machine.own_bounds, machine.may_loosen);
  const Rollout* rollout = layers.rollout();
  const bool tells = rollout && layers.concerned(machine_id, rollout->version);
  if (tells && !layers.waits_for_wave(machine_id, machine)) sent.rollout = rollout->version;
  return sent;
}

bool is_known(const MachineConfigurationState& machine, std::int64_t version) {
  return version == machine.applied_version || (machine.error_version != 0 && version == machine.error_version);
}

ConfigurationFeed::ConfigurationFeed(Database& database, StoreReader& reader, Clock& clock, Log& log,
                                     std::size_t most_waiting)
    : database_(database),
      reader_(reader),
      clock_(clock),
      log_(log),
      most_waiting_(most_waiting),
      worker_("the feed of configuration", log) {
  read_news();
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

std::optional<std::uint64_t> ConfigurationFeed::wait(const std::string& machine_id, Waiting waiting) {
  Waits::node_type earlier;
  auto lock = worker_.lock();
  earlier = waiting_.extract(machine_id);
  const bool may_wait = !worker_.stopping() && waiting_.size() < most_waiting_;
  const auto number = waiting.number = ++last_number_;
  if (may_wait) waiting_.emplace(machine_id, std::move(waiting));
  const bool is_full_now = !may_wait && !worker_.stopping() && !std::exchange(is_full_, true);
  lock.unlock();
  if (is_full_now)
    log_.warning(
        "more agents want to wait for their configuration than max_waiting_agents or the limit of open files "
        "allows; the others get it when they send");
  if (earlier) earlier.mapped().answer(nullptr);
  return may_wait ? std::optional(number) : std::nullopt;
}

void ConfigurationFeed::give_up(const std::string& machine_id, std::uint64_t number) {
  auto lock = worker_.lock();
  const auto found = waiting_.find(machine_id);
  if (found == waiting_.end() || found->second.number != number) return;
  const auto given_up = waiting_.extract(found);
  lock.unlock();
  given_up.mapped().answer(nullptr);
}

void ConfigurationFeed::listen(Listener listener) {
  worker_.change([&] { listeners_.push_back(std::move(listener)); });
}

std::size_t ConfigurationFeed::waiting() const {
  const auto lock = worker_.lock();
  return waiting_.size();
}

void ConfigurationFeed::stop() {
  worker_.stop();
  for (const auto& [machine, each] : std::exchange(waiting_, {})) each.answer(nullptr);
}

/// Waits without the store for the next look; then answers whom it may concern.
bool ConfigurationFeed::step(Worker::Lock& lock) {
  const auto next = std::chrono::steady_clock::now() + look_each;
  worker_.wait_until(lock, next, [this] { return look_now_; });
  if (worker_.stopping()) return false;
  look_now_ = false;
  lock.unlock();
  read_news();
  drive();
  lock.lock();
  const auto layers = this->layers();
  const auto now = std::chrono::steady_clock::now();
  if (layers) find_concerned(*layers, now);
  const auto due = take_due(now);
  lock.unlock();
  for (const auto& node : due) {
    const Waiting& each = node.mapped();
    if (each.until <= now && each.due > now) {
      each.answer(nullptr);
      continue;
    }
    const SentSettings sent = settings_for(*layers, node.key(), each.machine);
    each.answer(&sent);
  }
  return true;
}

/// Marks those for whom something is new.
void ConfigurationFeed::find_concerned(const Layers& layers, Instant now) {
  std::vector<Waits::value_type*> concerned;
  for (auto& wait : waiting_) {
    auto& [machine_id, each] = wait;
    if (std::exchange(each.checked, layers.change()) == layers.change()) continue;
    const bool is_new = !is_known(each.machine, layers.wanted_version(machine_id, each.machine));
    if (is_new && each.due == Instant::max()) concerned.push_back(&wait);
  }
  const bool many = concerned.size() > handed_out_at_once;
  const auto span = std::min(most_jitter, std::chrono::milliseconds(concerned.size()));
  for (auto* wait : concerned)
    wait->second.due = many ? now + std::chrono::milliseconds(fnv1a(wait->first) % span.count()) : now;
}

/// Those to be answered now, out of those that wait.
std::vector<ConfigurationFeed::Waits::node_type> ConfigurationFeed::take_due(Instant now) {
  std::vector<Waits::node_type> due;
  for (auto wait = waiting_.begin(); wait != waiting_.end();) {
    const auto each = wait++;
    if (each->second.due <= now || each->second.until <= now) due.push_back(waiting_.extract(each));
  }
  return due;
}

void ConfigurationFeed::read_news() {
  const auto before = layers();
  const auto latest = latest_change(database_);
  if (!latest) {
    if (!std::exchange(failing_, true))
      log_.error("the configuration cannot be read; agents keep theirs", {{"error", latest.error().message}});
    return;
  }
  if (!before || before->change() != *latest) {
    auto read = read_layers(database_);
    if (!read) return;  // as the next look will say
    const auto fresh = std::make_shared<const Layers>(std::move(*read));
    layers_ = fresh;
    const auto listeners = worker_.change([&] { return listeners_; });
    for (const Listener& listener : listeners) listener(*fresh);
  }
  failing_ = false;
}

/// Moves on what goes out in waves, when it is time.
void ConfigurationFeed::drive() {
  const auto now = std::chrono::steady_clock::now();
  const auto seen = layers();
  const Rollout* rollout = seen ? seen->rollout() : nullptr;
  if (!rollout || rollout->state != Rollout::State::running || now < next_drive_) return;
  const auto changed = drive_rollout(database_, reader_, clock_.now());
  const auto end = std::chrono::steady_clock::now();
  next_drive_ = std::max(now + drive_each, end + drive_rests * (end - now));
  if (!changed || !*changed) return;  // a failure to read is logged by the next look
  log_.info("a version goes out in waves", {{"version", (*changed)->version},
                                            {"state", to_string((*changed)->state)},
                                            {"wave", (*changed)->wave},
                                            {"reason", std::string_view((*changed)->reason)}});
  read_news();
}

}  // namespace activitytrack::server
