#include <activitytrack/input/classifier.hpp>

#include "input/source_evidence.hpp"
#include "input/stretches.hpp"

namespace activitytrack {

namespace {

class DeviceClassifier final : public Classifier {
 public:
  void describe(const InputDevice& device) override { synthetic_.describe(device); }

  void session_locked(bool locked, Ticks at) override { locked_.session(locked, at); }

  /// One stretch each of what is synthetic, of what each device gave while the session was locked, and the
  /// rest.
  Stretch add(const InputSample& sample) override {
    if (synthetic_.add(sample)) return stretches_.at(synthetic, 0);
    const auto locked = locked_.add(sample);
    return stretches_.at(locked ? static_cast<std::uint8_t>(first_locked + *locked) : genuine, 0);
  }

  Judgement judge(Ticks) override {
    Classifier::Judgement judgement = preview();
    stretches_.clear();
    synthetic_.begin_interval();
    locked_.begin_interval();
    return judgement;
  }

  Judgement preview() const override {
    Classifier::Judgement judgement;
    LockedInput::Numbers locked;
    for (std::size_t n = 0; n < stretches_.size(); ++n) {
      const std::uint8_t track = stretches_[n].track;
      const bool goes_on = track >= first_locked && locked_.goes_on(track - first_locked);
      if (goes_on) locked.set(track - first_locked);
      judgement.scripted[n] = track == synthetic || goes_on;
    }
    judgement.genuine_score = synthetic_.genuine_share(locked_.samples(locked));
    synthetic_.explain(judgement.reasons);
    locked_.explain(locked, synthetic_, judgement.reasons);
    return judgement;
  }

 private:
  static constexpr std::uint8_t genuine = 0, synthetic = 1, first_locked = 2;
  static_assert(first_locked + LockedInput::max_devices <= Stretches::max_tracks);

  Stretches stretches_;
  SyntheticInput synthetic_;
  LockedInput locked_;
};

}  // namespace

std::unique_ptr<Classifier> make_device_classifier() { return std::make_unique<DeviceClassifier>(); }

}  // namespace activitytrack
