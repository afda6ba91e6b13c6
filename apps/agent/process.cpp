#include "process.hpp"

#include <activitytrack/core/clock.hpp>

#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

namespace activitytrack::agent_app {
namespace {

/// Segments that were never writable hold what is in the file, so dropping their pages loses nothing.
int drop_read_only_pages(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<ElfW(Addr)>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    auto begin = (object->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
    auto end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
    if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

Error held_by_another(const std::filesystem::path& path, int fd) {
  char text[128];
  auto length = ::pread(fd, text, sizeof text, 0);
  std::string holder(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  holder.erase(std::min(holder.find('\n'), holder.size()));
  auto since = holder.find(" since ");
  // The holder may be between taking the lock and writing its name.
  auto who = since == std::string::npos ? std::string()
                                        : " (pid " + holder.substr(0, since) + "," + holder.substr(since) + ")";
  return {ErrorCode::busy, "another agent" + who + " holds " + path.string() +
                               "; stop it first, or give this one a buffer_path of its own"};
}

}  // namespace

void keep_memory_small() noexcept {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 64 << 10);
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
}

void keep_memory_private() noexcept { ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void trim_memory() noexcept {
  malloc_trim(0);
  ::dl_iterate_phdr(drop_read_only_pages, nullptr);
}

Result<LockFile> LockFile::take(const std::filesystem::path& path, Time now) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return system_error("cannot open the lock file " + path.string(), errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return held_by_another(path, fd.get());
    return system_error("cannot lock " + path.string(), errno);
  }
  auto text =
      std::to_string(::getpid()) + " since " + format_timestamp(std::chrono::floor<std::chrono::seconds>(now)) + "\n";
  // A full disk may keep the text from being written. The lock holds all the same.
  if (::ftruncate(fd.get(), 0) == 0) (void)!::pwrite(fd.get(), text.data(), text.size(), 0);
  return LockFile(std::move(fd));
}

}  // namespace activitytrack::agent_app
