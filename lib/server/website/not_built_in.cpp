#include "server/website/website.hpp"

namespace activitytrack::server {

std::span<const WebsiteFile> built_in_website() { return {}; }

}  // namespace activitytrack::server
