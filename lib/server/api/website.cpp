// The website's paths: all are answered by one page, which shows what the path names.
#include "server/website/website.hpp"

#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::string_view not_built_in =
    "This server was built without its website. Its API is described at /openapi.json; activitytrack-report shows "
    "reports in a terminal.\n";

/// A browser's own request for a page; a program's says nothing of HTML.
bool wants_page(const Request& request) { return request.accept.find("text/html") != request.accept.npos; }

Response nothing_here() { return problem(404, "there is nothing at this path"); }

}  // namespace

void get_start_page(const Request& request, Services& services, Answer answer) {
  if (services.website) return answer(services.website->page(request));
  answer({.content_type = "text/plain; charset=utf-8", .body = std::string(not_built_in)});
}

void get_page(const Request& request, Services& services, Answer answer) {
  answer(services.website ? services.website->page(request) : nothing_here());
}

void get_asset(const Request& request, Services& services, Answer answer) {
  answer(services.website ? services.website->asset(request, request.arguments.at(0)) : nothing_here());
}

void get_nothing(const Request& request, Services& services, Answer answer) {
  answer(services.website && wants_page(request) ? services.website->page(request, 404) : nothing_here());
}

}  // namespace activitytrack::server
