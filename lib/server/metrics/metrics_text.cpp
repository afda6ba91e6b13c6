#include "server/metrics/metrics_text.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace activitytrack::server {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::uint64_t resident_bytes() {
  std::uint64_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? 0 : static_cast<std::uint64_t>(std::distance(begin(files), end(files)));
}

}  // namespace

std::string metric_label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

void MetricsText::counters(std::string_view name, std::string_view help, std::string_view label, Counts counts) {
  counter(name, help);
  for (const auto& [value, count] : counts) sample(count, metric_label(label, value));
}

MetricsText& MetricsText::head(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
  return *this;
}

MetricsText& MetricsText::line(std::string_view suffix, std::string_view labels, double value) {
  text_.append(name_).append(suffix);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_.append(" ").append(number(value)).append("\n");
  return *this;
}

/// The shortest text that reads back as the same number.
std::string MetricsText::number(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

void write_process_metrics(MetricsText& text) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  text.gauge("process_resident_memory_bytes", "Resident memory.").sample(static_cast<double>(resident_bytes()));
  text.counter("process_cpu_seconds_total", "User and system time.")
      .sample(seconds(usage.ru_utime) + seconds(usage.ru_stime));
  text.gauge("process_open_fds", "Open file descriptors.").sample(static_cast<double>(open_files()));
  text.gauge("process_max_fds", "How many may be open.").sample(static_cast<double>(files.rlim_cur));
}

}  // namespace activitytrack::server
