#include "server/http/refusal_log.hpp"

#include "server/http/router.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <utility>

namespace activitytrack::server {
namespace {

// Some 40 KB a minute.
constexpr std::size_t lines_of_address_per_min = 20, lines_per_min = 300;
constexpr std::chrono::minutes told_each{1};

constexpr int too_many_requests = 429;

}  // namespace

RefusalLog::RefusalLog(Log& log) : log_(log) {
  of_address_.set(lines_of_address_per_min);
  of_all_.set(lines_per_min);
}

void RefusalLog::note(const Request& request, const Response& response, Instant now) {
  // One machine that sends too much must not have all keep out that share its address.
  const bool is_too_often = response.status == too_many_requests && request.asker == address_share(request.client);
  const auto reason = is_too_often ? std::string_view("too_often") : response.wrong_secret;
  if (reason.empty()) return;
  if (!admit(request.client, now)) {
    ++left_out_;
    return;
  }
  log_.warning("client refused", {{"client", std::string_view(request.client)},
                                  {"reason", reason},
                                  {"status", response.status},
                                  {"route", request.route ? request.route->pattern : std::string_view()},
                                  {"request", std::string_view(request.id)}});
}

/// First for the address, so that one alone does not use up what is for all.
bool RefusalLog::admit(const std::string& client, Instant now) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client, error);
  return of_address_.admit(address, now) && of_all_.admit({}, now);
}

void RefusalLog::tick(Instant now) {
  of_address_.forget_rested(now);
  if (left_out_ == 0 || now - told_at_ < told_each) return;
  told_at_ = now;
  log_.warning("more clients were refused than are logged", {{"lines", std::exchange(left_out_, 0)}});
}

}  // namespace activitytrack::server
