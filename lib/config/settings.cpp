#include <activitytrack/config/settings.hpp>

namespace activitytrack {

Result<Settings> load_settings(const std::string& file, const SettingTexts& options) {
  auto settings = load_settings(settings_table(), file, options);
  if (settings) {
    settings->buffer_path = with_home(std::move(settings->buffer_path));
    settings->ca_file = with_home(std::move(settings->ca_file));
  }
  return settings;
}

std::string default_buffer_path() { return user_data_folder() + "/buffer.db"; }

}  // namespace activitytrack
