#include "server/configuration/feed.hpp"

#include "core/text.hpp"
#include "server/configuration/versions.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::milliseconds look_each{500};

/// Beyond so many, what is new is handed out over some time, so that a large fleet does not come back all at once.
constexpr std::size_t handed_out_at_once = 1'500;
constexpr std::chrono::milliseconds most_jitter{10'000};

}  // namespace

SentSettings settings_for(const Layers& layers, const std::string& machine_id,
                          const MachineConfigurationState& machine) {
  auto wanted = layers.wanted(machine_id);
  SentSettings sent{.version = wanted.version, .values = std::move(wanted.values)};
  sent.left_out = leave_out(sent.values, machine.own_bounds, machine.may_loosen);
  return sent;
}

bool is_known(const MachineConfigurationState& machine, std::int64_t version) {
  return version == machine.applied_version || version == machine.error_version;
}

ConfigurationFeed::ConfigurationFeed(Database& database, Log& log, std::size_t most_waiting)
    : database_(database), log_(log), most_waiting_(most_waiting), worker_("the feed of configuration", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

std::shared_ptr<const Layers> ConfigurationFeed::layers() const {
  const auto lock = worker_.lock();
  return layers_;
}

bool ConfigurationFeed::wait(Waiting waiting) {
  return worker_.change([&] {
    if (worker_.stopping() || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(waiting));
    return true;
  });
}

std::size_t ConfigurationFeed::waiting() const {
  const auto lock = worker_.lock();
  return waiting_.size();
}

void ConfigurationFeed::stop() {
  worker_.stop();
  for (const Waiting& each : std::exchange(waiting_, {})) each.answer(nullptr);
}

/// Waits without the store for the next look; then answers whom it may concern.
bool ConfigurationFeed::step(Worker::Lock& lock) {
  const auto next = std::chrono::steady_clock::now() + look_each;
  worker_.wait_until(lock, next, [this] { return look_now_; });
  if (worker_.stopping()) return false;
  look_now_ = false;
  lock.unlock();
  read_news();
  lock.lock();
  const auto layers = layers_;
  const auto now = std::chrono::steady_clock::now();
  if (layers) find_concerned(*layers, now);
  const auto due = take_due(now);
  lock.unlock();
  for (const Waiting& each : due) {
    if (each.until <= now && each.due > now) {
      each.answer(nullptr);
      continue;
    }
    const SentSettings sent = settings_for(*layers, each.machine_id, each.machine);
    each.answer(&sent);
  }
  return true;
}

/// Marks those for whom something is new.
void ConfigurationFeed::find_concerned(const Layers& layers, Instant now) {
  std::vector<Waiting*> concerned;
  for (Waiting& each : waiting_) {
    if (std::exchange(each.checked, layers.version()) == layers.version()) continue;
    const bool is_new = !is_known(each.machine, layers.wanted(each.machine_id).version);
    if (is_new && each.due == Instant::max()) concerned.push_back(&each);
  }
  const bool many = concerned.size() > handed_out_at_once;
  const auto span = std::min(most_jitter, std::chrono::milliseconds(concerned.size()));
  for (Waiting* each : concerned)
    each->due = many ? now + std::chrono::milliseconds(fnv1a(each->machine_id) % span.count()) : now;
}

/// Those to be answered now, out of those that wait.
std::vector<ConfigurationFeed::Waiting> ConfigurationFeed::take_due(Instant now) {
  const auto rest =
      std::ranges::partition(waiting_, [&](const Waiting& each) { return each.due > now && each.until > now; });
  std::vector<Waiting> due(std::move_iterator(rest.begin()), std::move_iterator(rest.end()));
  waiting_.erase(rest.begin(), rest.end());
  return due;
}

void ConfigurationFeed::read_news() {
  const auto before = layers();
  const auto latest = latest_version(database_);
  if (!latest) {
    if (!std::exchange(failing_, true))
      log_.error("the configuration cannot be read; agents keep theirs", {{"error", latest.error().message}});
    return;
  }
  if (!before || before->version() != *latest) {
    auto read = read_layers(database_);
    if (!read) return;  // as the next look will say
    auto fresh = std::make_shared<const Layers>(std::move(*read));
    worker_.change([&] { layers_ = std::move(fresh); });
  }
  failing_ = false;
}

}  // namespace activitytrack::server
