// fill_buffer FILE MACHINE FIRST COUNT: appends COUNT events to a buffer through the library, a second apart,
// numbered from FIRST (event n is n seconds after 2024-01-01 and has key_count n). Prints the count once all
// are on disk.

#include <activitytrack/buffer/buffer.hpp>

#include <cstdio>
#include <cstdlib>

using namespace activitytrack;

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: fill_buffer FILE MACHINE FIRST COUNT\n");
    return 2;
  }
  const auto buffer =
      make_sqlite_buffer(argv[1], system_clock(), null_log(), {.max_age = std::chrono::hours(24 * 365 * 50)});
  if (!buffer) return std::fprintf(stderr, "fill_buffer: %s\n", buffer.error().message.c_str()), 1;
  const long first = std::atol(argv[3]), count = std::atol(argv[4]);
  for (long n = first; n < first + count; ++n) {
    Event event;
    event.machine_id = argv[2];
    event.timestamp = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1) + std::chrono::seconds(n);
    event.interval_sec = 1;
    event.key_count = n;
    if (const auto done = (*buffer)->append(event); !done) {
      return std::fprintf(stderr, "fill_buffer: %s\n", done.error().message.c_str()), 1;
    }
  }
  std::printf("%ld\n", count);
}
