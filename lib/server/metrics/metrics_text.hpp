#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace activitytrack::server {

/// Counts values by size: buckets whose bounds double from `First` on, and one without a bound. Any thread
/// may observe and read; a reader may see a value in its bucket before it is in the sum.
template <std::uint64_t First, std::size_t Bounds>
class Histogram {
 public:
  void observe(std::uint64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < Bounds && value > bound(bucket)) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  static constexpr std::size_t bounds() { return Bounds; }
  static constexpr std::uint64_t bound(std::size_t bucket) { return First << bucket; }

  /// How many values fell in a bucket; bounds() is the one without a bound.
  std::uint64_t count(std::size_t bucket) const noexcept { return buckets_[bucket].load(std::memory_order_relaxed); }
  std::uint64_t sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, Bounds + 1> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
};

/// A label as it stands between the braces.
std::string metric_label(std::string_view name, std::string_view value);

/// Writes Prometheus' text format 0.0.4. A metric's samples follow its head; labels are given as they stand
/// between the braces: `route="/api/events",method="POST"`, and must need no escapes.
class MetricsText {
 public:
  MetricsText& counter(std::string_view name, std::string_view help) { return head(name, "counter", help); }
  MetricsText& gauge(std::string_view name, std::string_view help) { return head(name, "gauge", help); }
  MetricsText& histogram(std::string_view name, std::string_view help) { return head(name, "histogram", help); }

  MetricsText& sample(double value, std::string_view labels = "") { return line("", labels, value); }
  using Count = std::atomic<std::uint64_t>;
  MetricsText& sample(const Count& count, std::string_view labels = "") {
    return sample(static_cast<double>(count.load(std::memory_order_relaxed)), labels);
  }

  /// Of values that are `unit` times as large in the metric: 1e-6 for microseconds.
  template <std::uint64_t First, std::size_t Bounds>
  MetricsText& sample(const Histogram<First, Bounds>& histogram, double unit, std::string_view labels = "") {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= Bounds; ++i) {
      count += histogram.count(i);
      const auto bound = i < Bounds ? number(static_cast<double>(histogram.bound(i)) * unit) : "+Inf";
      line("_bucket", join(labels, "le=\"" + bound + '"'), static_cast<double>(count));
    }
    line("_sum", labels, static_cast<double>(histogram.sum()) * unit);
    return line("_count", labels, static_cast<double>(count));
  }

  /// A counter with a sample for each of these values of a label.
  using Counts = std::initializer_list<std::pair<std::string_view, const Count&>>;
  void counters(std::string_view name, std::string_view help, std::string_view label, Counts counts);

  const std::string& text() const { return text_; }

 private:
  MetricsText& head(std::string_view name, std::string_view type, std::string_view help);
  MetricsText& line(std::string_view suffix, std::string_view labels, double value);
  static std::string number(double value);
  static std::string join(std::string_view labels, const std::string& more) {
    return labels.empty() ? more : std::string(labels) + ',' + more;
  }

  std::string name_;
  std::string text_;
};

/// Writes what the kernel says of this process: memory, time and files (process_resident_memory_bytes, ...).
void write_process_metrics(MetricsText& text);

}  // namespace activitytrack::server
