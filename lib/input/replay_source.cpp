#include <activitytrack/input/trace.hpp>

namespace activitytrack {

namespace {

class ReplaySource final : public InputSource {
 public:
  ReplaySource(Trace trace, Ticks start) : trace_(std::move(trace)), start_(start.time_since_epoch()) {}

  int fd() const noexcept override { return -1; }

  Result<void> drain(ClockReading now, std::vector<InputSample>& out) override {
    for (; next_ < trace_.samples.size(); ++next_) {
      InputSample sample = trace_.samples[next_];
      sample.at += start_;
      if (sample.at > now.ticks) break;
      out.push_back(sample);
    }
    return {};
  }

 private:
  Trace trace_;
  std::chrono::microseconds start_;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<InputSource> make_replay_source(Trace trace, Ticks start) {
  return std::make_unique<ReplaySource>(std::move(trace), start);
}

}  // namespace activitytrack
