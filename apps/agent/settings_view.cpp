#include "settings_view.hpp"

namespace activitytrack::agent_app {

std::string shown_setting(const Settings& settings, const Setting<Settings>& row) {
  auto text = setting_text(settings, row);
  return row.secret && !text.empty() ? "(set)" : text;
}

std::vector<const Setting<Settings>*> changed_settings(const Settings& before, const Settings& after) {
  std::vector<const Setting<Settings>*> changed;
  for (const auto& row : settings_table())
    if (std::visit([&](auto member) { return before.*member != after.*member; }, row.member)) changed.push_back(&row);
  return changed;
}

void copy_setting(const Settings& from, Settings& to, const Setting<Settings>& row) {
  std::visit([&](auto member) { to.*member = from.*member; }, row.member);
}

}  // namespace activitytrack::agent_app
