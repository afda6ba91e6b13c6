#include <activitytrack/desktop/system_stats.hpp>

namespace activitytrack {
namespace {

class NoSystemStats final : public SystemStats {
 public:
  SystemReading read() override { return {}; }
};

}  // namespace

std::unique_ptr<SystemStats> make_no_system_stats() { return std::make_unique<NoSystemStats>(); }

}  // namespace activitytrack
