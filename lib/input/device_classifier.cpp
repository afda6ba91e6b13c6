#include <activitytrack/input/classifier.hpp>

namespace activitytrack {

namespace {

class DeviceClassifier final : public Classifier {
 public:
  Judgement judge(const InputSample& sample) override {
    if (sample.synthetic) return {.scripted = true, .reason = "synthetic_device"};
    return {};
  }
};

}  // namespace

std::unique_ptr<Classifier> make_device_classifier() { return std::make_unique<DeviceClassifier>(); }

}  // namespace activitytrack
