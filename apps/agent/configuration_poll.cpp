#include "configuration_poll.hpp"

#include "agent_parts.hpp"
#include "core/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace activitytrack::agent_app {
namespace {

constexpr std::chrono::seconds on_trial_wait{5};  // between tries
constexpr std::chrono::hours without_news{1};     // of a server that knows no such question
constexpr std::chrono::minutes wanted_again{1};   // of one that wants a version, and does not give it
constexpr std::size_t max_answer_bytes = 256 << 10;
constexpr std::size_t max_bounds_bytes = 6 << 10;  // in the URL, of which servers take 8 KiB

std::string encoded_bounds(SettingValues bounds) {
  std::string text = percent_encode(format_values(bounds));
  if (text.size() <= max_bounds_bytes) return text;
  bounds.erase("screenshots.excluded_apps");  // the only one that can be long; the server may be refused for it
  return percent_encode(format_values(bounds));
}

/// Whether an answer is wanted at once.
bool is_urgent(const ConfigurationQuestion& question) {
  return question.on_trial || question.is_fresh || question.is_wanted;
}

HttpClientOptions client_options(HttpClientOptions options, const ConfigurationQuestion& question,
                                 std::chrono::seconds wait) {
  if (!is_urgent(question)) options.timeouts.read = options.timeouts.total = wait + std::chrono::seconds(30);
  options.max_body_bytes = max_answer_bytes;
  return options;
}

}  // namespace

std::string question_path(const ConfigurationQuestion& question, std::chrono::seconds wait) {
  const AgentConfiguration& said = question.said;
  std::string path = "/api/config?version=" + std::to_string(question.is_fresh ? 0 : said.version);
  path += "&machine_id=" + percent_encode(question.machine_id);
  path += "&wait=" + std::to_string(wait.count());
  path += said.may_loosen ? "&may_loosen=true" : "&may_loosen=false";
  path += "&change=" + std::to_string(said.change);
  if (!question.bounds.empty()) path += "&bounds=" + encoded_bounds(question.bounds);
  if (question.is_fresh) return path;
  (path += "&state=") += to_string(said.state);
  if (said.error_version == 0) return path;
  path += "&error_version=" + std::to_string(said.error_version);
  path += "&error_key=" + percent_encode(said.error_key);
  return path + "&error=" + percent_encode(said.error_reason);
}

ConfigurationPoll::ConfigurationPoll(std::function<void(News)> report, std::unique_ptr<Notifier> notifier, Log& log,
                                     PollWaits waits)
    : report_(std::move(report)),
      notifier_(std::move(notifier)),
      log_(log),
      waits_(waits),
      backoff_(static_cast<std::uint64_t>(::getpid())),
      worker_("the poll of configuration", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void ConfigurationPoll::stop() {
  worker_.ask_to_stop();
  {
    const auto lock = worker_.lock();
    if (client_) client_->cancel();
  }
  worker_.stop();
}

void ConfigurationPoll::ask(ConfigurationQuestion question) {
  worker_.change([&] {
    if (client_) client_->cancel();
    client_.reset();
    question_.reset();
    if (!question.notice.empty()) notice_ = std::exchange(question.notice, "");
    asked_ = std::chrono::steady_clock::now();
    if (!question.settings.server_url.empty()) question_ = std::move(question);
  });
}

void ConfigurationPoll::wanted(std::int64_t version) {
  worker_.change([&] {
    if (!question_ || is_urgent(*question_)) return;
    const AgentConfiguration& said = question_->said;
    if (version == said.version || (said.error_version != 0 && version == said.error_version)) return;
    const auto now = std::chrono::steady_clock::now();
    if (version == named_ && now < named_again_) return;
    named_ = version;
    named_again_ = now + wanted_again;
    question_->is_wanted = true;
    if (client_) client_->cancel();
    client_.reset();
  });
}

bool ConfigurationPoll::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return question_.has_value() || !notice_.empty(); }) || worker_.stopping())
    return false;
  if (!notice_.empty()) {
    const std::string notice = std::exchange(notice_, "");
    if (untold_.find(notice) == untold_.npos) untold_ += (untold_.empty() ? "" : " ") + notice;
    lock.unlock();
    tell();
    return true;
  }
  const auto question = *question_;
  if (!client_) {
    const auto then = asked_ + question.rest;
    const auto is_other = [&, asked = asked_] { return asked_ != asked; };
    if (worker_.wait_until(lock, then, is_other)) return !worker_.stopping();
    auto server = server_access(server_options(question.settings));
    if (!server) return question_.reset(), true;  // as the sender of events says
    server->client = client_options(std::move(server->client), question, waits_.longest);
    server_ = std::move(*server);
    client_ = std::make_shared<HttpClient>(server_.client);
  }
  const auto client = client_;
  const auto patience_ends = asked_ + question.patience;
  lock.unlock();
  if (!untold_.empty() && !is_urgent(question)) tell();  // there may be a desktop now
  auto news = exchange(question, *client, patience_ends);
  lock.lock();
  if (client != client_) return true;  // asked anew meanwhile
  const bool is_late = std::chrono::steady_clock::now() >= patience_ends;
  if (!news && question.on_trial && is_late)
    news =
        News{.kind = News::unreached,
             .reason = "the server was not reached with it within " + std::to_string(question.patience.count()) + " s"};
  if (news) {
    question_.reset();
    lock.unlock();
    if (question.on_trial) news->tried = question.said.version;
    report_(std::move(*news));
    return true;
  }
  const auto until = std::chrono::steady_clock::now() + std::exchange(rest_, std::chrono::milliseconds(0));
  worker_.wait_until(lock, until, [&] { return client != client_; });
  return !worker_.stopping();
}

/// Shows what the person was not told yet.
void ConfigurationPoll::tell() {
  const Result<void> shown = notifier_ ? notifier_->notify("Activity tracking", untold_)
                                       : Error{ErrorCode::unavailable, "there is no desktop: DISPLAY is not set"};
  if (shown) untold_.clear();
  const std::string error = shown ? "" : shown.error().message;
  const auto lock = worker_.lock();
  if (!shown && error != notice_error_)
    log_.warning("the person could not be told on the desktop", {{"error", std::string_view(error)}});
  notice_error_ = error;
}

std::string ConfigurationPoll::notice_error() const {
  const auto lock = worker_.lock();
  return notice_error_;
}

/// Asks once. No news: how long to rest is in rest_.
std::optional<ConfigurationPoll::News> ConfigurationPoll::exchange(const ConfigurationQuestion& question,
                                                                   HttpClient& client, Instant patience_ends) {
  rest_ = std::chrono::milliseconds(0);
  const std::chrono::seconds wait = is_urgent(question) ? std::chrono::seconds(0) : wait_;
  HttpRequest request{.url = server_.url, .fields = server_.fields("application/json")};
  request.url.target += question_path(question, wait);
  const auto began = std::chrono::steady_clock::now();
  if (question.on_trial) {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(patience_ends - began);
    request.total = std::clamp(left, milliseconds(1), milliseconds(server_.client.timeouts.total));
  }
  const auto response = client.send(request);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
  const bool was_answered = response && (response->status == 200 || response->status == 304);
  if (was_answered) return understand(*response, question, took);
  // A proxy on the way may cut what rests for long.
  if (wait > waits_.shortest && took >= waits_.shortest && took < wait) wait_ = std::max(waits_.shortest, took * 3 / 4);
  rest_ = question.on_trial ? std::chrono::milliseconds(on_trial_wait) : backoff_.failed();
  if (!response || response->status != 404) return std::nullopt;
  rest_ = without_news;
  if (!std::exchange(is_unknown_, true))
    log_.info("the server gives agents no configuration; it is asked again from time to time");
  return std::nullopt;
}

/// A server that says at once that nothing is new does not let agents wait: it is asked more and more rarely, as one
/// whose answers make no sense.
std::optional<ConfigurationPoll::News> ConfigurationPoll::understand(const HttpResponse& response,
                                                                     const ConfigurationQuestion& question,
                                                                     std::chrono::seconds took) {
  is_unknown_ = false;
  if (response.status == 304) {
    if (!is_urgent(question) && took < waits_.shortest) return rest_ = backoff_.failed(), std::nullopt;
    backoff_.succeeded();
    return is_urgent(question) ? std::optional(News{}) : std::nullopt;
  }
  if (auto given = parse_given(response.body)) {
    backoff_.succeeded();
    return News{.kind = News::given, .settings = std::move(*given)};
  }
  log_.warning("the server's answer about the configuration makes no sense");
  rest_ = backoff_.failed();
  return std::nullopt;
}

}  // namespace activitytrack::agent_app
