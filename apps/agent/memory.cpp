#include "memory.hpp"

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

}  // namespace activitytrack::agent_app
