// What judging costs: time a sample and an interval, and that nothing is allocated for a sample.
// usage: classifier_cost [SAMPLES]   (a million of each kind of use)
#include <activitytrack/input/classifier.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <random>
#include <vector>

using namespace activitytrack;
using std::chrono::microseconds;

namespace {

std::size_t allocations = 0;
std::size_t allocated_bytes = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations, allocated_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using Random = std::mt19937;
using Make = std::function<void(Random&, std::vector<InputSample>&, Ticks&)>;

/// Strokes at a thousand reports a second, each with a click.
void point(Random& random, std::vector<InputSample>& out, Ticks& at) {
  std::uniform_real_distribution<float> step(-8, 8);
  const float dx = step(random), dy = step(random);
  for (int i = 0; i < 700; ++i) {
    const float speed = std::sin(float(i) / 223);
    out.push_back({.at = at += microseconds(1000), .dx = dx * speed + step(random) / 20, .dy = dy * speed});
  }
  out.push_back({.at = at += microseconds(200'000), .kind = InputKind::button_press, .slot = 1});
  out.push_back({.at = at += microseconds(80'000), .kind = InputKind::button_release, .slot = 1});
  at += microseconds(500'000);
}

/// The worst for the memory of strokes: short ones, none of which came before.
void scribble(Random& random, std::vector<InputSample>& out, Ticks& at) {
  std::uniform_real_distribution<float> step(-90, 90);
  for (int i = 0; i < 4; ++i) out.push_back({.at = at += microseconds(90'000), .dx = step(random), .dy = step(random)});
  at += microseconds(400'000);
}

/// The worst for the memory of rhythms: even typing with noise.
void type(Random& random, std::vector<InputSample>& out, Ticks& at) {
  std::uniform_int_distribution<int> gap(80'000, 130'000);
  out.push_back({.at = at += microseconds(gap(random)), .kind = InputKind::key_press});
  out.push_back({.at = at + microseconds(60'000), .kind = InputKind::key_release});
}

void measure(const char* name, const Make& make, std::size_t samples) {
  Random random(1);
  std::vector<InputSample> input;
  Ticks at{};
  while (input.size() < samples) make(random, input, at);
  const std::size_t before_bytes = allocated_bytes;
  auto classifier = make_behaviour_classifier();
  const std::size_t memory = allocated_bytes - before_bytes;

  const std::size_t before = allocations;
  std::size_t in_judging = 0, intervals = 0;
  std::chrono::nanoseconds judging{};
  Ticks boundary{std::chrono::minutes(1)};
  const auto begin = std::chrono::steady_clock::now();
  for (const InputSample& sample : input) {
    if (sample.at >= boundary) {
      const auto from = std::chrono::steady_clock::now();
      const std::size_t count = allocations;
      classifier->judge(boundary);
      in_judging += allocations - count;
      judging += std::chrono::steady_clock::now() - from;
      boundary = std::chrono::floor<std::chrono::minutes>(sample.at) + std::chrono::minutes(1);
      ++intervals;
    }
    classifier->add(sample);
  }
  const std::chrono::duration<double, std::nano> all = std::chrono::steady_clock::now() - begin - judging;
  std::printf("%-10s %6.0f ns a sample, %6.1f us an interval, %zu allocations in %zu samples, %zu bytes at start\n",
              name, all.count() / double(input.size()), double(judging.count()) / 1e3 / double(intervals),
              allocations - before - in_judging, input.size(), memory);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  measure("pointing", point, samples);
  measure("scribbling", scribble, samples);
  measure("typing", type, samples);
}
