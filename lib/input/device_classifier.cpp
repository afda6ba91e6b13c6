#include <activitytrack/input/classifier.hpp>

#include "input/stretches.hpp"
#include "input/synthetic_input.hpp"

namespace activitytrack {

namespace {

class DeviceClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { synthetic_.describe(device); }

  Stretch add(const InputSample& sample) override { return stretches_.at(synthetic_.add(sample) ? 1 : 0, 0); }

  IntervalJudgement judge() override {
    IntervalJudgement judgement = preview();
    stretches_.clear();
    synthetic_.begin_interval();
    return judgement;
  }

  IntervalJudgement preview() const override {
    IntervalJudgement judgement;
    judgement.genuine_score = synthetic_.genuine_share();
    for (std::size_t n = 0; n < stretches_.size(); ++n) judgement.scripted[n] = stretches_[n].track == 1;
    synthetic_.explain(judgement.reasons);
    return judgement;
  }

 private:
  Stretches stretches_;
  SyntheticInput synthetic_;
};

}  // namespace

std::unique_ptr<Classifier> make_device_classifier() { return std::make_unique<DeviceClassifier>(); }

}  // namespace activitytrack
