#include <activitytrack/input/classifier.hpp>

#include "input/behaviour_judge.hpp"

namespace activitytrack {
namespace {

std::vector<Feature> features_by_name() {
  std::vector<Feature> features;
  features.reserve(feature_count);
  for (const std::string_view name : feature_names) features.push_back({name, not_known});
  return features;
}

class BehaviourClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { judge_.describe(device); }
  Stretch add(const InputSample& sample) override { return judge_.add(sample); }

  IntervalJudgement judge() override {
    FeatureValues values;
    IntervalJudgement judgement = judge_.judge(values);
    for (std::size_t i = 0; i < feature_count; ++i) features_[i].value = values[i];
    return judgement;
  }

  IntervalJudgement preview() const override {
    FeatureValues values;
    BehaviourJudge copy = judge_;
    return copy.judge(values);
  }

  const std::vector<Feature>& features() const override { return features_; }

 private:
  BehaviourJudge judge_;
  std::vector<Feature> features_ = features_by_name();
};

static_assert(sizeof(BehaviourClassifier) + feature_count * sizeof(Feature) <= std::size_t{64} << 10);

}  // namespace

std::unique_ptr<Classifier> make_behaviour_classifier() { return std::make_unique<BehaviourClassifier>(); }

}  // namespace activitytrack
