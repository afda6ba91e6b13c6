#include "agent/boot_record.hpp"

#include "core/file.hpp"

#include <utility>

namespace activitytrack {
namespace {

constexpr std::size_t longest_id = 128;

}  // namespace

BootRecord::BootRecord(std::string boot_id, std::string file, Log& log)
    : boot_id_(std::move(boot_id)), file_(std::move(file)), log_(log) {
  if (boot_id_.empty() || file_.empty()) return;
  const Result<std::string> kept = read_file_start(file_, longest_id + 1);
  // Without a record no agent ran that would have kept one, and that is all that is known.
  if (!kept) return;
  const bool same_boot = *kept == boot_id_ + "\n";
  gap_ = same_boot ? Gap::stopped : Gap::off;
  written_ = same_boot;
}

void BootRecord::event_kept() {
  if (boot_id_.empty() || file_.empty() || std::exchange(written_, true)) return;
  const Result<void> kept = replace_private_file(file_, boot_id_ + "\n");
  if (kept) return;
  log_.warning("cannot keep which boot of the machine this is; the next start will not know whether it was off",
               {{"error", std::string_view(kept.error().message)}});
}

}  // namespace activitytrack
