#include <activitytrack/input/classifier.hpp>

#include "input/behaviour_judge.hpp"

namespace activitytrack {
namespace {

std::vector<Feature> features_by_name() {
  static const std::vector<std::string> carried_names = [] {
    std::vector<std::string> names;
    for (const Measure& m : measure::all) names.push_back(std::string(carried_prefix) += m.name);
    return names;
  }();
  std::vector<Feature> features;
  for (const Measure& m : measure::all) features.push_back({m.name, not_known});
  for (const std::string& name : carried_names) features.push_back({name, not_known});
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
