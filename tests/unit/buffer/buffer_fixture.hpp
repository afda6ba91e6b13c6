#pragma once

#include <activitytrack/buffer/buffer.hpp>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace activitytrack::test {

inline Event numbered_event(std::int64_t n, std::size_t title_bytes = 20) {
  Event event;
  event.machine_id = "vm-1";
  event.timestamp = at("2024-01-15T00:00:00Z") + std::chrono::seconds(n);
  event.key_count = n;
  event.active_window = std::string(title_bytes, 'x');
  return event;
}

/// The numbers of all pending events, in order of id.
inline std::vector<std::int64_t> pending_numbers(Buffer& buffer) {
  std::vector<std::int64_t> numbers;
  for (const EncodedEvent& held : buffer.pending(1'000'000).value()) numbers.push_back(event_in(held).key_count);
  return numbers;
}

struct BufferFixture {
  explicit BufferFixture(const std::filesystem::path& above = std::filesystem::temp_directory_path()) : folder(above) {}

  Result<std::unique_ptr<Buffer>> open() { return make_sqlite_buffer(path, clock, log); }
  std::unique_ptr<Buffer> reopened() { return open().value(); }

  void append(Buffer& buffer, int from, int to, std::size_t title_bytes = 20) {
    for (int n = from; n < to; ++n) buffer.append(numbered_event(n, title_bytes)).value();
  }

  std::vector<std::filesystem::path> set_aside() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path())) {
      const std::string name = entry.path().filename();
      if (name.find(".corrupt-") != std::string::npos && !name.ends_with("-wal") && !name.ends_with("-shm")) {
        found.push_back(entry.path());
      }
    }
    return found;
  }

  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  TempFolder folder;
  std::filesystem::path path = folder.path / "buffer.db";
};

inline mode_t mode_of(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

/// Runs SQL on a file, as somebody else's program would.
inline void run_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* db = nullptr;
  sqlite3_open(path.c_str(), &db);
  char* why = nullptr;
  const int status = sqlite3_exec(db, sql, nullptr, nullptr, &why);
  const std::string text = why ? why : "";
  sqlite3_free(why);
  sqlite3_close(db);
  if (status != SQLITE_OK) throw std::runtime_error(text);
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void overwrite(const std::filesystem::path& path, std::streamoff from, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(from);
  file << bytes;
}

}  // namespace activitytrack::test
