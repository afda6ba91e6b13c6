#include "ledger.hpp"

#include <cerrno>
#include <fstream>

namespace activitytrack::load {
namespace {

const char* name(Fate fate) {
  switch (fate) {
    case Fate::acknowledged:
      return "acknowledged";
    case Fate::failed:
      return "failed";
    case Fate::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace

void Ledger::note(Fate fate, std::size_t machine, std::uint64_t first, std::uint64_t count) {
  auto& ranges = machines_[machine];
  // The last ranges of each fate stand at the end: looking at three is enough to let them grow.
  for (std::size_t i = ranges.size(), looked = 0; i-- > 0 && looked < 3; ++looked) {
    Range& range = ranges[i];
    if (range.fate != fate) continue;
    if (range.first <= first && first + count <= range.first + range.count) return;
    if (range.first + range.count != first) break;
    range.count += count;
    return;
  }
  ranges.push_back({fate, first, count});
}

Result<void> Ledger::write(const std::string& path, std::span<const std::string> machine_ids) const {
  std::ofstream file(path, std::ios::trunc);
  for (std::size_t machine = 0; machine < machines_.size(); ++machine) {
    for (const Range& range : machines_[machine]) {
      file << name(range.fate) << ' ' << machine << ' ' << machine_ids[machine] << ' ' << range.first << ' '
           << range.count << '\n';
    }
  }
  file.close();
  if (!file) return system_error("cannot write the record " + path, errno);
  return {};
}

}  // namespace activitytrack::load
