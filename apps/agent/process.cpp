#include "process.hpp"

#include "common/program.hpp"

#include <activitytrack/core/clock.hpp>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstddef>

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

Result<UniqueFd> lock_buffer(const std::string& file, Time now) {
  auto since = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  auto lock = program::lock_file(file, std::to_string(::getpid()) + " since " + since + "\n");
  if (lock || lock.error().code != ErrorCode::busy) return lock;
  return Error{ErrorCode::busy, "another agent" + shown_holder(lock.error().message) + " holds " + file +
                                    "; stop it first, or give this one a buffer_path of its own"};
}

std::string shown_holder(std::string_view written) {
  const auto space = written.find(" since ");
  if (space == written.npos) return {};
  return " (pid " + std::string(written.substr(0, space)) + "," + std::string(written.substr(space)) + ")";
}

}  // namespace activitytrack::agent_app
