#include "core/event_fields.hpp"
#include "input/behaviour_model_input.hpp"
#include "input/behaviour_reasons.hpp"
#include "input/device_track.hpp"
#include "input/source_evidence.hpp"

#include <activitytrack/input/classifier.hpp>

#include <algorithm>
#include <array>

namespace activitytrack {
namespace {

/// A device that did nothing for so long gives its track to a new one.
constexpr std::int64_t forgotten_after_us = 1'800'000'000;

/// A program whose pattern is known is expected to be still running for so long.
constexpr std::int64_t pattern_kept_us = 1'800'000'000;

constexpr float another_hand = 0.6F;  ///< share of a stretch that does not go on the program's pattern
constexpr int few_atoms = 5;          ///< say nothing of that

/// The model knows intervals of a minute: what shorter ones showed is measured together.
constexpr std::chrono::seconds least_measured{45};

// Else a server would refuse what is kept with an event.
static_assert(feature_count <= max_measures);
static_assert(std::ranges::all_of(feature_names, is_measure_name));

std::vector<Classifier::Feature> named(const FeatureValues& values) {
  std::vector<Classifier::Feature> features;
  features.reserve(feature_count);
  for (std::size_t i = 0; i < feature_count; ++i) features.push_back({feature_names[i], values[i]});
  return features;
}

struct Tracked {
  std::uint16_t device = 0;
  bool used = false;
  bool knows_pattern = false;
  std::int64_t pattern_until_us = 0;  ///< until then, a program is expected that goes on a pattern
  float off_pattern = 0;              ///< share of its atoms that do not
  DeviceTrack track;
};

struct Opinion {
  FeatureValues features;
  float genuine = 1;  ///< probability
  bool scripted = false;
  float explained = 0;  ///< share of what it did, with what is carried over, that goes on a pattern
};

Opinion opinion_of(const DeviceTrack& track) noexcept {
  const Sums carried = track.carried();
  Opinion opinion{.features = feature_values(track.now(), carried)};
  opinion.explained = carried.share(Count::explained, Count::atoms);
  const ModelInput input = model_input(opinion.features);
  const bool enough =
      measure::evidence(carried) >= behaviour_model.least_evidence || beyond_limits(behaviour_model, input);
  if (!enough || track.flooded()) return opinion;
  const float raw = raw_score(behaviour_model, input);
  opinion.genuine = genuine_probability(behaviour_model, raw);
  opinion.scripted = raw >= behaviour_model.threshold;
  return opinion;
}

/// Judges intervals by what each device did in them. Copyable, of constant size, and nothing of it is elsewhere.
class BehaviourClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { synthetic_.describe(device); }
  void session_locked(bool locked, Ticks at) override { locked_.session(locked, at); }

  Stretch add(const InputSample& sample) override {
    const std::int64_t us = forward(sample.at.time_since_epoch().count());
    if (synthetic_.add(sample)) return stretches_.at(synthetic, us);
    const std::uint8_t n = track_of(sample.device, us);
    const Stretch stretch = stretches_.at(n, us);
    if (!locked_.add(sample)) stretches_.unlock(stretch);
    tracks_[n].track.add(sample, us, stretch, stretches_);
    return stretch;
  }

  /// The features are those by which the least genuine device was judged; NaN where there was no input.
  Judgement judge(Ticks now) override;

  Judgement preview() const override {
    BehaviourClassifier copy = *this;
    return copy.judge(Ticks{});
  }

 private:
  static constexpr std::uint8_t own_tracks = 4;  ///< devices tracked one by one
  static constexpr std::uint8_t others = own_tracks;
  static constexpr std::uint8_t synthetic = others + 1;
  static_assert(synthetic < Stretches::max_tracks);

  /// Time that never goes back: after it did, it goes on from where it was.
  std::int64_t forward(std::int64_t us) noexcept {
    us += set_back_us_;
    if (us < last_us_) set_back_us_ += last_us_ - us, us = last_us_;
    return last_us_ = us;
  }

  std::uint8_t track_of(std::uint16_t device, std::int64_t us) noexcept;
  bool is_scripted(const Stretches::Entry& stretch, const Opinion& opinion, const Tracked& tracked) const noexcept;

  /// As LockedInput numbers it, if the stretch is only its own and a program's by that.
  std::optional<std::size_t> locked_device_of(const Stretches::Entry& stretch) const noexcept {
    if (stretch.unlocked || stretch.track >= own_tracks) return std::nullopt;
    return locked_.find(tracks_[stretch.track].device);
  }

  void explain_flood(Classifier::Judgement& judgement) const;
  void explain_behaviour(const Tracked& tracked, const FeatureValues& features,
                         std::vector<std::string>& reasons) const;
  void keep_pattern(Tracked& tracked, const Opinion& opinion) const noexcept;
  void begin_interval(Ticks now) noexcept;

  std::array<Tracked, own_tracks + 1> tracks_;
  Stretches stretches_;
  SyntheticInput synthetic_;
  LockedInput locked_;
  std::int64_t last_us_ = 0, set_back_us_ = 0;
  Ticks measured_from_ = Ticks::min();
};

static_assert(sizeof(BehaviourClassifier) <= std::size_t{64} << 10);

std::uint8_t BehaviourClassifier::track_of(std::uint16_t device, std::int64_t us) noexcept {
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

/// Where a program was found before whose pattern is known, a stretch is its own if it holds that pattern
/// only: so a person who comes back keeps their counts, and the program does not get any while the person is
/// still in the balance. Where the interval is a program's, a stretch is not if it is clearly another hand's.
/// Else a device's stretches are judged alike.
bool BehaviourClassifier::is_scripted(const Stretches::Entry& stretch, const Opinion& opinion,
                                      const Tracked& tracked) const noexcept {
  if (stretch.flood) return true;
  if (!tracked.knows_pattern || last_us_ > tracked.pattern_until_us || stretch.atoms == 0) return opinion.scripted;
  const float off = float(stretch.atoms - stretch.explained) / float(stretch.atoms);
  const float usual = 0.02F + 3 * tracked.off_pattern;
  if (!opinion.scripted) return off <= usual;
  return stretch.atoms < few_atoms || off <= std::max(usual, another_hand);
}

void BehaviourClassifier::keep_pattern(Tracked& tracked, const Opinion& opinion) const noexcept {
  if (!opinion.scripted || opinion.explained < 0.8F) return;
  tracked.knows_pattern = true;
  tracked.pattern_until_us = last_us_ + pattern_kept_us;
  tracked.off_pattern = 1 - opinion.explained;
}

void BehaviourClassifier::explain_flood(Classifier::Judgement& judgement) const {
  double all = 0, flood = 0;
  for (std::size_t s = 0; s < stretches_.size(); ++s) {
    all += stretches_[s].atoms;
    if (stretches_[s].flood) flood += stretches_[s].atoms;
  }
  if (flood == 0) return;
  judgement.genuine_score = std::min(judgement.genuine_score, 1 - flood / all);
  judgement.reasons.emplace_back("flood");
  judgement.reasons.emplace_back("more than 200 presses a second for some seconds");
}

void BehaviourClassifier::explain_behaviour(const Tracked& tracked, const FeatureValues& features,
                                            std::vector<std::string>& reasons) const {
  const std::size_t before = reasons.size();
  explain(tracked.track, features, reasons);
  if (reasons.size() == before) {
    reasons.emplace_back("unlike_a_person");
    explain_by_measures(features, reasons);
  }
  if (&tracked != &tracks_[others]) synthetic_.describe_change(tracked.device, reasons);
}

Classifier::Judgement BehaviourClassifier::judge(Ticks now) {
  Classifier::Judgement judgement;
  LockedInput::Numbers locked;
  for (std::size_t s = 0; s < stretches_.size(); ++s) {
    const auto device = locked_device_of(stretches_[s]);
    if (device) locked.set(*device), judgement.scripted.set(s);
  }
  judgement.genuine_score = synthetic_.genuine_share(locked_.samples(locked));
  synthetic_.explain(judgement.reasons);
  locked_.explain(locked, synthetic_, judgement.reasons);
  FeatureValues features;
  features.fill(not_known);
  float least = std::numeric_limits<float>::infinity();
  std::array<Opinion, own_tracks + 1> opinions;
  for (std::size_t n = 0; n < tracks_.size(); ++n) {
    DeviceTrack& track = tracks_[n].track;
    if (track.empty()) continue;
    track.finish(stretches_);
    const Opinion& opinion = opinions[n] = opinion_of(track);
    judgement.genuine_score = std::min(judgement.genuine_score, double(opinion.genuine));
    // The score must be reproducible from them: there are none where there was too much to judge.
    if (opinion.genuine < least)
      least = opinion.genuine, features = track.flooded() ? feature_values({}, {}) : opinion.features;
  }
  explain_flood(judgement);
  std::array<bool, Stretches::max_tracks> found{};
  for (std::size_t s = 0; s < stretches_.size(); ++s) {
    const std::uint8_t n = stretches_[s].track;
    const bool behaves_so = n != synthetic && is_scripted(stretches_[s], opinions[n], tracks_[n]);
    if (n == synthetic || behaves_so) judgement.scripted.set(s);
    found[n] = found[n] || (behaves_so && !stretches_[s].flood);
  }
  for (std::size_t n = 0; n < tracks_.size(); ++n) {
    Tracked& t = tracks_[n];
    if (t.track.empty()) continue;
    if (found[n]) explain_behaviour(t, opinions[n].features, judgement.reasons);
    keep_pattern(t, opinions[n]);
  }
  judgement.features = named(features);
  begin_interval(now);
  return judgement;
}

void BehaviourClassifier::begin_interval(Ticks now) noexcept {
  const bool measured = measured_from_ == Ticks::min() || now - measured_from_ >= least_measured;
  if (measured) measured_from_ = now;
  for (Tracked& t : tracks_) {
    if (measured) t.track.measure_anew();
    t.track.begin_interval();
  }
  stretches_.clear();
  synthetic_.begin_interval();
  locked_.begin_interval();
}

}  // namespace

std::unique_ptr<Classifier> make_behaviour_classifier() { return std::make_unique<BehaviourClassifier>(); }

}  // namespace activitytrack
