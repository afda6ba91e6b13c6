#include <activitytrack/input/classifier.hpp>

#include <activitytrack/core/event.hpp>

#include "input/behaviour_judge.hpp"

namespace activitytrack {
namespace {

// Else a server would refuse what is kept with an event.
static_assert(feature_count <= max_measures);
static_assert(std::ranges::all_of(feature_names, InputMeasures::is_name));

IntervalJudgement judged(BehaviourJudge& judge, Ticks now) {
  FeatureValues values;
  IntervalJudgement judgement = judge.judge(now, values);
  judgement.features.reserve(feature_count);
  for (std::size_t i = 0; i < feature_count; ++i) judgement.features.push_back({feature_names[i], values[i]});
  return judgement;
}

class BehaviourClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { judge_.describe(device); }
  void session_locked(bool locked, Ticks at) override { judge_.session_locked(locked, at); }
  Stretch add(const InputSample& sample) override { return judge_.add(sample); }
  IntervalJudgement judge(Ticks now) override { return judged(judge_, now); }

  IntervalJudgement preview() const override {
    BehaviourJudge copy = judge_;
    return judged(copy, Ticks{});
  }

 private:
  BehaviourJudge judge_;
};

static_assert(sizeof(BehaviourClassifier) <= std::size_t{64} << 10);

}  // namespace

std::unique_ptr<Classifier> make_behaviour_classifier() { return std::make_unique<BehaviourClassifier>(); }

}  // namespace activitytrack
