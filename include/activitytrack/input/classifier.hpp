#pragma once

#include <activitytrack/input/input_source.hpp>

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Distinguishes input that a person made from input that a program made: each sample's device by what the platform
/// knows, and the behaviour of all samples over time. It sees every sample, in order of time, and knows no
/// key. What one interval showed carries over to the next. Too little evidence counts as genuine. Constant
/// memory; `add` allocates nothing. Not thread-safe.
class Classifier {
 public:
  /// Within one interval, a run of input that is judged as one: of one device, within some seconds. Counts from 0.
  using Stretch = std::uint16_t;
  static constexpr std::size_t max_stretches = 512;

  /// A measure of an interval's input, by the name that docs/genuine-input.md explains. NaN: there was too
  /// little to measure.
  struct Feature {
    std::string_view name;
    float value = 0;
  };

  /// What is concluded about an interval.
  struct Judgement {
    /// How likely its input is a person's; calibrated: of the intervals scored 0.9, nine in ten are. 1 where
    /// there was none.
    double genuine_score = 1;
    std::bitset<max_stretches> scripted;  ///< the stretches that a program made

    /// Why some are: for each cause first a word for programs ("synthetic_device", "constant_interval",
    /// "replayed_motion", ...), then, where there is more to say, sentences for people ("pointer path repeats
    /// every 45.0 s"). Empty where nothing is scripted.
    std::vector<std::string> reasons;

    /// The measures that it went by: always the same ones in the same order, or none at all if it goes by none.
    std::vector<Feature> features;
  };

  virtual ~Classifier() = default;

  /// Takes in what is known of a device, before its samples or when it changes: reasons name it then.
  virtual void describe(const InputDevice& device) = 0;

  /// At `at` the session is locked, or is not known to be. In order of time, each before the samples that
  /// came since the one before: what came between two times at which it is locked came while it was.
  virtual void session_locked(bool locked, Ticks at) = 0;

  /// Takes a sample in, and returns the stretch that it belongs to.
  virtual Stretch add(const InputSample& sample) = 0;

  /// Judges what was added since the last judge(), as preview() does, and begins the next interval: `now` is when. What
  /// is measured goes back most of a minute at least, over several intervals where they are shorter.
  virtual Judgement judge(Ticks now) = 0;

  /// The judgement so far; changes nothing.
  virtual Judgement preview() const = 0;
};

/// Judges only by the source: what the display server synthesized for a program is scripted ("synthetic_device"), as is
/// a pointer that a program moved ("warped_pointer"), and what a device gives in the fifth minute and each after it,
/// within an hour, in which it gave input to a session that is locked ("input_while_locked"); all else is genuine.
std::unique_ptr<Classifier> make_device_classifier();

/// By the source, and what devices made by their behaviour: timing, movement and keys by slot, at most 64 KiB
/// (docs/genuine-input.md).
std::unique_ptr<Classifier> make_behaviour_classifier();

}  // namespace activitytrack
