#include "raw.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace activitytrack::raw {
namespace {

constexpr std::int64_t begin_micros = 1'705'276'800'000'000;  // 2024-01-15
constexpr std::int64_t minute_micros = 60'000'000;
constexpr std::uint64_t stride = 7919;

/// Any 64 bits, as the server's keys of machines are (splitmix64).
std::int64_t key_of(std::uint64_t machine) {
  std::uint64_t z = (machine + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return static_cast<std::int64_t>(z ^ (z >> 31));
}

double cpu_sec() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

}  // namespace

Options read_options(int count, char** values, const char* usage) {
  if (count < 3) {
    std::fprintf(stderr, "%s\n", usage);
    std::exit(2);
  }
  Options options{values[1], values[2]};
  const auto whole = [&](int at, std::uint64_t otherwise) {
    return count > at ? std::max<std::uint64_t>(1, std::strtoull(values[at], nullptr, 10)) : otherwise;
  };
  if (count > 3) options.seconds = std::strtod(values[3], nullptr);
  options.group = whole(4, options.group);
  options.events = whole(5, options.events);
  options.machines = whole(6, options.machines);
  options.rows = whole(7, 0);
  return options;
}

Order::Row Order::next() {
  const std::uint64_t request = row_ / options_.events;
  const std::uint64_t machine = request * stride % options_.machines;
  const std::uint64_t minute = request / options_.machines * options_.events + row_ % options_.events;
  ++row_;
  return {key_of(machine), begin_micros + static_cast<std::int64_t>(minute) * minute_micros, minute + machine};
}

void measure(const Options& options, const std::function<void()>& store_group) {
  using Clock = std::chrono::steady_clock;
  const double cpu_before = cpu_sec();
  const auto began = Clock::now();
  double elapsed = 0;
  std::uint64_t rows = 0;
  while (elapsed < options.seconds && (options.rows == 0 || rows < options.rows)) {
    store_group();
    rows += options.group;
    elapsed = std::chrono::duration<double>(Clock::now() - began).count();
  }
  std::printf("{\"rows\":%llu,\"seconds\":%.3f,\"rows_per_sec\":%.0f,\"cpu_sec\":%.3f}\n",
              static_cast<unsigned long long>(rows), elapsed, static_cast<double>(rows) / elapsed,
              cpu_sec() - cpu_before);
}

}  // namespace activitytrack::raw
