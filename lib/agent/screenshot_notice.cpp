#include "agent/screenshot_notice.hpp"

namespace activitytrack {
namespace {

std::string_view obscured(Obscuring by) {
  switch (by) {
    case Obscuring::blur:
      return "It is blurred";
    case Obscuring::pixels:
      return "It is made of coarse squares";
    case Obscuring::none:
      break;
  }
  return "It is not blurred";
}

}  // namespace

ScreenshotNotice screenshot_notice(const PhotographerOptions& options) {
  ScreenshotNotice notice{"A screenshot was taken", std::string(obscured(options.develop.obscuring))};
  notice.text += std::holds_alternative<PublicKey>(options.seal_for)
                     ? " and sealed: only who holds the private key can open it."
                     : " and not sealed: who receives it can look at it.";
  notice.text +=
      options.destination.empty() ? " It stays on this computer." : " It goes to " + options.destination + ".";
  if (!options.notify_each) notice.text += " More are taken while you are active, without a notice.";
  return notice;
}

}  // namespace activitytrack
