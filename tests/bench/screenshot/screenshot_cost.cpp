// screenshot_cost DISPLAY ROUNDS [pixels] [full]: takes screenshots as the agent does, from capture to sealed
// bytes.
//
// Prints one JSON object: for each round processor time of this process in ms, by step; and its memory in
// KiB, at rest (display open, nothing taken) and how far it rose above that: `peak_kib` of all resident
// pages, shared ones too.

#include <activitytrack/core/log.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/seal/seal.hpp>
#include "screen/picture.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

using namespace activitytrack;

namespace {

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

/// The sum of the lines of a file in /proc that begin so, in KiB.
long kib(const char* file, const std::string& name) {
  std::ifstream lines(file);
  long sum = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) sum += std::atol(line.substr(line.find(':') + 1).c_str());
  }
  return sum;
}

struct Round {
  double capture, hash, develop, seal;
};

struct Run {
  std::vector<Round> rounds;
  std::size_t bytes = 0;
  PerceptualHash look{};
};

Result<void> take(ScreenSource& source, const DevelopOptions& options, const PublicKey& key, Run& run) {
  ScreenSource::Request request;
  request.quarter = wants_quarter(options);
  Screenshot about;
  about.machine_id = "bench";
  Round round{};
  const double begin = cpu_ms();
  const auto state = source.capture(request, [&](const ScreenSource::Picture& picture) -> Result<void> {
    const double taken = cpu_ms();
    run.look = perceptual_hash(picture.pixels);
    const double hashed = cpu_ms();
    const auto jpeg = develop(picture.pixels, picture.width, picture.height, options, about);
    if (!jpeg) return jpeg.error();
    const double developed = cpu_ms();
    run.bytes = seal(*jpeg, key).size();
    round = {0, hashed - taken, developed - hashed, cpu_ms() - developed};
    return {};
  });
  if (!state) return state.error();
  if (*state != ScreenSource::State::visible) return Error{ErrorCode::unavailable, std::string(to_string(*state))};
  round.capture = cpu_ms() - begin - round.hash - round.develop - round.seal;
  run.rounds.push_back(round);
  return {};
}

void print(const Run& run, long rest, long peak, long kept) {
  std::printf("{\"bytes\": %zu, \"rest_kib\": %ld, \"peak_kib\": %ld, \"kept_kib\": %ld, \"rounds\": [", run.bytes,
              rest, peak, kept);
  const char* between = "";
  for (const Round& r : run.rounds) {
    std::printf("%s{\"capture\": %.4f, \"hash\": %.4f, \"develop\": %.4f, \"seal\": %.4f}", between, r.capture, r.hash,
                r.develop, r.seal);
    between = ", ";
  }
  std::printf("]}\n");
}

Result<void> measure(const std::string& display, int rounds, const DevelopOptions& options) {
  const PublicKey key = public_key_of(make_private_key());
  auto source = make_screen_source(display, null_log());
  if (!source) return source.error();
  constexpr const char* rollup = "/proc/self/smaps_rollup";
  constexpr const char* status = "/proc/self/status";
  const long rest = kib(rollup, "Private_");
  std::ofstream("/proc/self/clear_refs") << "5";  // the greatest size so far is that of now
  const long resident = kib(status, "VmRSS");
  Run run;
  for (int i = 0; i < rounds; ++i) {
    if (auto taken = take(**source, options, key, run); !taken) return taken;
  }
  print(run, rest, kib(status, "VmHWM") - resident, kib(rollup, "Private_") - rest);
  return {};
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  DevelopOptions options;
  for (int i = 3; i < count; ++i) {
    if (words[i] == std::string("pixels")) options.obscuring = DevelopOptions::Obscuring::pixels;
    if (words[i] == std::string("full")) options.full_size = true;
  }
  const auto measured = measure(words[1], std::atoi(words[2]), options);
  if (!measured) std::fprintf(stderr, "screenshot_cost: %s\n", measured.error().message.c_str());
  return measured ? 0 : 1;
}
