#include "figures.hpp"

#include "core/json_writer.hpp"

#include <sys/resource.h>

#include <cstdio>

namespace activitytrack::load {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> shares{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

double elapsed_sec(const Figures& figures) {
  return std::max(1e-9, std::chrono::duration<double>(figures.ended - figures.began).count());
}

double cpu_sec() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

template <class... T>
void append_line(std::string& out, const char* format, T... values) {
  std::array<char, 256> line;
  const int size = std::snprintf(line.data(), line.size(), format, values...);
  out.append(line.data(), static_cast<std::size_t>(size)) += '\n';
}

double ms(std::uint64_t us) { return static_cast<double>(us) / 1000; }
unsigned long long plain(std::uint64_t n) { return n; }

}  // namespace

std::string figures_text(std::string_view mode, const Figures& f) {
  const double elapsed = elapsed_sec(f);
  std::string out;
  append_line(out, "%.*s, %.2f s", static_cast<int>(mode.size()), mode.data(), elapsed);
  append_line(out, "events     %10llu accepted, %llu duplicates, %llu unaccounted for", plain(f.accepted),
              plain(f.duplicates), plain(f.unaccounted));
  append_line(out, "           %10.0f a second", static_cast<double>(f.accepted) / elapsed);
  append_line(out, "requests   %10.0f stored a second", static_cast<double>(f.latency.total()) / elapsed);
  for (const auto& [status, count] : f.statuses) append_line(out, "  answered %d: %llu", status, plain(count));
  if (f.lost > 0) append_line(out, "  never answered: %llu", plain(f.lost));
  if (f.unreached > 0) append_line(out, "  no server: %llu", plain(f.unreached));
  for (const auto& [percentile, share] : shares) {
    append_line(out, "latency    %10.3f ms %s", ms(f.latency.at(share)), percentile);
  }
  append_line(out, "           %10.3f ms greatest", ms(f.latency.max()));
  append_line(out, "bytes      %10llu sent, %llu received", plain(f.bytes_sent), plain(f.bytes_received));
  append_line(out, "own CPU    %10.2f s", cpu_sec());
  return out;
}

std::string figures_json(std::string_view mode, const Figures& f) {
  const double elapsed = elapsed_sec(f);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("mode", mode).field("seconds", elapsed);
  json.field("accepted", f.accepted).field("duplicates", f.duplicates).field("unaccounted", f.unaccounted);
  json.field("events_per_sec", static_cast<double>(f.accepted) / elapsed);
  json.field("requests_per_sec", static_cast<double>(f.latency.total()) / elapsed);
  json.key("statuses").begin_object();
  for (const auto& [status, count] : f.statuses) json.field(std::to_string(status), count);
  json.end_object().field("lost", f.lost).field("unreached", f.unreached);
  json.key("latency_us").begin_object();
  for (const auto& [percentile, share] : shares) json.field(percentile, f.latency.at(share));
  json.field("max", f.latency.max()).end_object();
  json.field("bytes_sent", f.bytes_sent).field("bytes_received", f.bytes_received).field("cpu_sec", cpu_sec());
  json.end_object();
  return out += '\n';
}

}  // namespace activitytrack::load
