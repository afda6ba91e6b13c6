#include "agent/given_parts.hpp"

#include "core/event_fields.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack {
namespace {

constexpr std::int64_t default_buffer_bytes = 16 << 20;

Error wrong_option(std::string what) {
  return {ErrorCode::invalid_input, "an agent cannot work like this: AgentOptions::" + std::move(what)};
}

/// A part without errors to return: what it throws is logged when it begins, and not each time.
class Complaints {
 public:
  Complaints(std::string_view part, Log& log) : part_(part), log_(log) {}

  /// What `call` returns, or `otherwise` if it throws.
  template <class Call, class Value>
  Value value_of(Call call, Value otherwise) {
    Result<Value> got = caught(part_, call);
    if (got) return std::move(*got);
    if (std::exchange(told_, got.error().message) != got.error().message) {
      log_.error("a part failed; what it would have said is left out", {{"error", std::string_view(told_)}});
    }
    return otherwise;
  }

 private:
  std::string_view part_;
  Log& log_;
  std::string told_;
};

class SafeClassifier final : public Classifier {
 public:
  SafeClassifier(std::unique_ptr<Classifier> inner, Log& log)
      : inner_(std::move(inner)), complaints_("the classifier", log) {}

  void describe(const InputDevice& device) override {
    complaints_.value_of([&] { return inner_->describe(device), true; }, false);
  }
  void session_locked(bool locked, Ticks at) override {
    complaints_.value_of([&] { return inner_->session_locked(locked, at), true; }, false);
  }
  Stretch add(const InputSample& sample) override {
    const Classifier::Stretch stretch =
        complaints_.value_of([&] { return inner_->add(sample); }, Classifier::Stretch{0});
    return std::min(stretch, static_cast<Classifier::Stretch>(Classifier::max_stretches - 1));
  }
  Judgement judge(Ticks now) override {
    return complaints_.value_of([&] { return inner_->judge(now); }, Classifier::Judgement());
  }
  Judgement preview() const override {
    return complaints_.value_of([&] { return std::as_const(*inner_).preview(); }, Classifier::Judgement());
  }

 private:
  std::unique_ptr<Classifier> inner_;
  mutable Complaints complaints_;
};

class SafeSystemStats final : public SystemStats {
 public:
  SafeSystemStats(std::unique_ptr<SystemStats> inner, Log& log)
      : inner_(std::move(inner)), complaints_("the system statistics", log) {}

  Reading read() override {
    return complaints_.value_of([&] { return inner_->read(); }, SystemStats::Reading());
  }

 private:
  std::unique_ptr<SystemStats> inner_;
  Complaints complaints_;
};

class SafeTimeZone final : public TimeZoneSource {
 public:
  SafeTimeZone(std::unique_ptr<TimeZoneSource> inner, Log& log)
      : inner_(std::move(inner)), complaints_("the time zone", log) {}

  int fd() const noexcept override { return inner_->fd(); }
  bool refresh() override {
    return complaints_.value_of([&] { return inner_->refresh(); }, false);
  }
  std::string name() const override {
    return complaints_.value_of([&] { return inner_->name(); }, std::string());
  }
  int utc_offset_min(Time time) const override {
    return complaints_.value_of([&] { return inner_->utc_offset_min(time); }, 0);
  }

 private:
  std::unique_ptr<TimeZoneSource> inner_;
  mutable Complaints complaints_;
};

constexpr std::string_view the_buffer = "the buffer", the_screenshot_buffer = "the buffer of screenshots";

class SafeBuffer final : public Buffer {
 public:
  explicit SafeBuffer(std::shared_ptr<Buffer> inner) : inner_(std::move(inner)) {}

  Result<void> append(const Event& event) override {
    return caught(the_buffer, [&] { return inner_->append(event); });
  }
  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override {
    return caught(the_buffer, [&] { return inner_->pending(count, after); });
  }
  Result<void> settle(std::span<const Settled> settled) override {
    return caught(the_buffer, [&] { return inner_->settle(settled); });
  }
  Result<BufferStats> stats() override {
    return caught(the_buffer, [&] { return inner_->stats(); });
  }
  void set_bounds(BufferBounds) override {}  // its owner sets them

 private:
  std::shared_ptr<Buffer> inner_;
};

class SafeScreenshotBuffer final : public ScreenshotBuffer {
 public:
  explicit SafeScreenshotBuffer(std::shared_ptr<ScreenshotBuffer> inner) : inner_(std::move(inner)) {}

  Result<void> append(const Screenshot& screenshot, std::string_view sealed) override {
    return caught(the_screenshot_buffer, [&] { return inner_->append(screenshot, sealed); });
  }
  Result<std::vector<Screenshot>> pending(std::size_t count, std::string_view after) override {
    return caught(the_screenshot_buffer, [&] { return inner_->pending(count, after); });
  }
  Result<std::string> read(const Screenshot& screenshot) override {
    return caught(the_screenshot_buffer, [&] { return inner_->read(screenshot); });
  }
  Result<void> settle(const Screenshot& screenshot, std::string_view rejection) override {
    return caught(the_screenshot_buffer, [&] { return inner_->settle(screenshot, rejection); });
  }
  Result<BufferStats> stats() override {
    return caught(the_screenshot_buffer, [&] { return inner_->stats(); });
  }
  void set_bounds(BufferBounds) override {}

 private:
  std::shared_ptr<ScreenshotBuffer> inner_;
};

}  // namespace

Result<void> check_options(const AgentOptions& options) {
  const std::size_t longest_id = event_fields().front().max_bytes;
  const std::string& id = options.sampler.machine_id;
  if (id.empty() || id.size() > longest_id) {
    return wrong_option("sampler.machine_id is " + std::string(id.empty() ? "empty" : "too long") +
                        "; give this machine a name of 1 to " + std::to_string(longest_id) + " bytes");
  }
  if (options.sampler.interval < std::chrono::seconds(1)) {
    return wrong_option("sampler.interval is below 1 s; 60 s is usual");
  }
  if (options.sampler.idle_after < std::chrono::seconds(0)) {
    return wrong_option("sampler.idle_after is negative; 60 s is usual");
  }
  if (options.send_interval < std::chrono::seconds(1)) {
    return wrong_option("send_interval is below 1 s; 300 s is usual");
  }
  const AgentOptions::Screenshots& shots = options.screenshots;
  if (!shots.on) return {};
  if (shots.interval < std::chrono::seconds(1)) {
    return wrong_option("screenshots.interval is below 1 s; 300 s is usual");
  }
  if (std::visit([](const auto& key) { return key.bytes == decltype(key.bytes){}; }, shots.seal_for)) {
    return wrong_option("screenshots.seal_for holds no key; give the receiver's public key, or this machine's own key");
  }
  return {};
}

AgentParts complete_parts(AgentParts parts, Clock& clock, Log& log) {
  if (!parts.classifier) parts.classifier = make_device_classifier();
  if (!parts.system) parts.system = make_no_system_stats();
  if (!parts.zone) parts.zone = make_system_time_zone();
  if (!parts.buffer) {
    parts.buffer = make_memory_buffer(clock);
    parts.buffer->set_bounds({.max_bytes = default_buffer_bytes});
  }
  parts.classifier = std::make_unique<SafeClassifier>(std::move(parts.classifier), log);
  parts.system = std::make_unique<SafeSystemStats>(std::move(parts.system), log);
  parts.zone = std::make_unique<SafeTimeZone>(std::move(parts.zone), log);
  parts.buffer = std::make_shared<SafeBuffer>(std::move(parts.buffer));
  auto& shots = parts.screenshots.buffer;
  if (shots) shots = std::make_shared<SafeScreenshotBuffer>(std::move(shots));
  return parts;
}

}  // namespace activitytrack
