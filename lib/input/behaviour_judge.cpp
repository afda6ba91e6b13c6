#include "input/behaviour_judge.hpp"

#include "input/behaviour_model_parameters.hpp"
#include "input/behaviour_reasons.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

/// A device that did nothing for so long gives its track to a new one.
constexpr std::int64_t forgotten_after_us = 1'800'000'000;

/// A program whose pattern is known is expected to be still running for so long.
constexpr std::int64_t pattern_kept_us = 1'800'000'000;

constexpr float rich_evidence = 15;
constexpr float clear_margin = 3;  ///< of raw score

/// Where the model's features stand among all.
constexpr auto model_features = [] {
  std::array<std::uint8_t, behaviour_model_features.size()> indices{};
  for (std::size_t i = 0; i < indices.size(); ++i)
    indices[i] = static_cast<std::uint8_t>(feature_index(behaviour_model_features[i]));
  return indices;
}();
static_assert(feature_count <= 256);

using ModelInput = std::array<float, model_features.size()>;

ModelInput model_input(const FeatureValues& features) noexcept {
  ModelInput input;
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = features[model_features[i]];
  return input;
}

/// The feature without which the score would be lowest, in words. Where a feature is not known, the model has
/// a way to go without it.
std::string strongest_feature(const FeatureValues& features) {
  ModelInput input = model_input(features);
  float lowest = raw_score(behaviour_model, input);
  std::string_view what = "all taken together";
  for (std::size_t i = 0; i < input.size(); ++i) {
    const float value = std::exchange(input[i], not_known);
    const float without = raw_score(behaviour_model, input);
    input[i] = value;
    if (without >= lowest) continue;
    lowest = without;
    what = measure::all[model_features[i] % measure_count].what;
  }
  return "unusual for a person: " + std::string(what);
}

}  // namespace

Stretch BehaviourJudge::add(const InputSample& sample) noexcept {
  const std::int64_t us = forward(sample.at.time_since_epoch().count());
  if (synthetic_.add(sample)) return stretches_.at(synthetic, us);
  const std::uint8_t n = track_of(sample.device, us);
  const Stretch stretch = stretches_.at(n, us);
  if (!locked_.add(sample)) stretches_.unlock(stretch);
  tracks_[n].track.add(sample, us, stretch, stretches_);
  return stretch;
}

/// Time that never goes back: after it did, it goes on from where it was.
std::int64_t BehaviourJudge::forward(std::int64_t us) noexcept {
  us += set_back_us_;
  if (us < last_us_) set_back_us_ += last_us_ - us, us = last_us_;
  return last_us_ = us;
}

std::uint8_t BehaviourJudge::track_of(std::uint16_t device, std::int64_t us) noexcept {
  for (std::uint8_t n = 0; n < own_tracks; ++n)
    if (tracks_[n].used && tracks_[n].device == device) return n;
  for (std::uint8_t n = 0; n < own_tracks; ++n) {
    Tracked& t = tracks_[n];
    if (t.used && (!t.track.empty() || us - t.track.last_us() < forgotten_after_us)) continue;
    if (t.used) t = {};
    t.used = true, t.device = device;
    return n;
  }
  tracks_[others].used = true;
  return others;
}

BehaviourJudge::Opinion BehaviourJudge::opinion_of(const Tracked& tracked) const noexcept {
  const Sums carried = tracked.track.carried();
  Opinion opinion{.features = feature_values(tracked.track.now(), carried)};
  const bool enough =
      measure::evidence(carried) >= behaviour_model.least_evidence && !tracked.track.flooded();
  opinion.explained = carried.share(Count::explained, Count::atoms);
  if (!enough) return opinion;
  opinion.raw = raw_score(behaviour_model, model_input(opinion.features));
  opinion.genuine = genuine_probability(behaviour_model, opinion.raw);
  opinion.scripted = opinion.raw >= behaviour_model.threshold;
  if (opinion.scripted) hear_present(tracked.track.now(), opinion);
  return opinion;
}

/// Who comes back to a desk where a program ran is not to be judged by the program's past: where the interval
/// alone is rich, and clearly a person's, that is what counts.
void BehaviourJudge::hear_present(const Sums& now, Opinion& opinion) noexcept {
  if (measure::evidence(now) < rich_evidence) return;
  const float raw = raw_score(behaviour_model, model_input(feature_values(now, now)));
  if (raw > behaviour_model.threshold - clear_margin) return;
  opinion.raw = raw;
  opinion.genuine = genuine_probability(behaviour_model, raw);
  opinion.scripted = false;
  opinion.by_present = true;
}

/// From which its score can be reproduced: none where there was too much to judge.
FeatureValues BehaviourJudge::features_behind(const Opinion& opinion, const DeviceTrack& track) noexcept {
  if (track.flooded()) return feature_values({}, {});
  return opinion.by_present ? feature_values(track.now(), track.now()) : opinion.features;
}

/// Where a program was found before whose pattern is known, a stretch is its own if it holds that pattern
/// alone: so a person who comes back keeps their counts, and the program does not get any while the person is
/// still in the balance. Else a device's stretches are judged alike.
bool BehaviourJudge::is_scripted(const Stretches::Entry& stretch, const Opinion& opinion,
                                 const Tracked& tracked) const noexcept {
  if (last_us_ > tracked.pattern_until_us || stretch.atoms == 0) return opinion.scripted;
  const float allowed = 0.02F + 3 * tracked.off_pattern;
  return float(stretch.atoms - stretch.explained) <= allowed * float(stretch.atoms);
}

/// As LockedInput numbers it, if the stretch is its own alone and a program's by that.
std::optional<std::size_t> BehaviourJudge::locked_device_of(const Stretches::Entry& stretch) const noexcept {
  if (stretch.unlocked || stretch.track >= own_tracks) return std::nullopt;
  return locked_.find(tracks_[stretch.track].device);
}

void BehaviourJudge::keep_pattern(Tracked& tracked, const Opinion& opinion) const noexcept {
  if (!opinion.scripted || opinion.explained < 0.8F) return;
  tracked.pattern_until_us = last_us_ + pattern_kept_us;
  tracked.off_pattern = 1 - opinion.explained;
}

IntervalJudgement BehaviourJudge::judge(FeatureValues& features) {
  IntervalJudgement judgement;
  LockedInput::Numbers locked;
  for (std::size_t s = 0; s < stretches_.size(); ++s) {
    const auto device = locked_device_of(stretches_[s]);
    if (device) locked.set(*device), judgement.scripted.set(s);
  }
  judgement.genuine_score = synthetic_.genuine_share(locked_.samples(locked));
  synthetic_.explain(judgement.reasons);
  locked_.explain(locked, synthetic_, judgement.reasons);
  features.fill(not_known);
  float least = std::numeric_limits<float>::infinity();
  std::array<Opinion, own_tracks + 1> opinions;
  for (std::size_t n = 0; n < tracks_.size(); ++n) {
    Tracked& t = tracks_[n];
    if (t.track.empty()) continue;
    t.track.finish(stretches_);
    const Opinion& opinion = opinions[n] = opinion_of(t);
    judgement.genuine_score = std::min(judgement.genuine_score, double(opinion.genuine));
    if (opinion.genuine < least) least = opinion.genuine, features = features_behind(opinion, t.track);
  }
  std::array<bool, Stretches::max_tracks> found{};
  for (std::size_t s = 0; s < stretches_.size(); ++s) {
    const std::uint8_t n = stretches_[s].track;
    const bool behaves_so = n != synthetic && is_scripted(stretches_[s], opinions[n], tracks_[n]);
    if (n == synthetic || behaves_so) judgement.scripted.set(s);
    found[n] = found[n] || behaves_so;
  }
  for (std::size_t n = 0; n < tracks_.size(); ++n) {
    Tracked& t = tracks_[n];
    if (t.track.empty()) continue;
    if (found[n]) {
      const std::size_t before = judgement.reasons.size();
      explain(t.track, opinions[n].features, judgement.reasons);
      if (judgement.reasons.size() == before) {
        judgement.reasons.emplace_back("unlike_a_person");
        judgement.reasons.push_back(strongest_feature(opinions[n].features));
      }
      if (n != others) synthetic_.tell_of(t.device, judgement.reasons);
    }
    keep_pattern(t, opinions[n]);
    t.track.begin_interval();
  }
  stretches_.clear();
  synthetic_.begin_interval();
  locked_.begin_interval();
  return judgement;
}

}  // namespace activitytrack
