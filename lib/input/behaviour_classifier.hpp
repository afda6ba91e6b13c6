#pragma once

#include "input/behaviour_features.hpp"
#include "input/device_track.hpp"
#include "input/source_evidence.hpp"
#include "input/stretches.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace activitytrack {

/// Judges intervals by what each device did in them. Copyable, of constant size, and nothing of it is elsewhere.
class BehaviourClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { synthetic_.describe(device); }
  void session_locked(bool locked, Ticks at) override { locked_.session(locked, at); }
  Stretch add(const InputSample& sample) override;

  /// The features are those by which the least genuine device was judged; NaN where there was no input.
  IntervalJudgement judge(Ticks now) override;
  IntervalJudgement preview() const override;

 private:
  static constexpr std::uint8_t own_tracks = 4;  ///< devices tracked one by one
  static constexpr std::uint8_t others = own_tracks;
  static constexpr std::uint8_t synthetic = others + 1;
  static_assert(synthetic < Stretches::max_tracks);

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
    float raw = 0;
    float genuine = 1;  ///< probability
    bool scripted = false;
    float explained = 0;  ///< share of what it did, with what is carried over, that goes on a pattern
  };

  static FeatureValues features_behind(const Opinion& opinion, const DeviceTrack& track) noexcept;
  std::uint8_t track_of(std::uint16_t device, std::int64_t us) noexcept;
  std::int64_t forward(std::int64_t us) noexcept;
  Opinion opinion_of(const Tracked& tracked) const noexcept;
  bool is_scripted(const Stretches::Entry& stretch, const Opinion& opinion, const Tracked& tracked) const noexcept;
  std::optional<std::size_t> locked_device_of(const Stretches::Entry& stretch) const noexcept;
  void explain_flood(IntervalJudgement& judgement) const;
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

}  // namespace activitytrack
