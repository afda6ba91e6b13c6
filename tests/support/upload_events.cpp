// What an agent without a server does, for process-level tests: upload_events ENDPOINT s3://BUCKET/PREFIX
// COUNT [PUBLIC_KEY] sends the events that come as JSON Lines on standard input, COUNT at a time. Credentials
// are those of the environment.

#include <activitytrack/core/event.hpp>
#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/sender/sender.hpp>

#include <iostream>
#include <string>
#include <vector>

using namespace activitytrack;

int main(int count, char** words) {
  if (count < 4) return 2;
  S3Options options;
  set_s3_place(words[2], options).value();
  options.endpoint = words[1];
  std::optional<PublicKey> key;
  if (count > 4) key = parse_public_key(words[4]).value();
  const auto sender = std::move(make_s3_sender(options, key).value());
  std::vector<EncodedEvent> events;
  const auto send = [&] {
    const SendOutcome outcome = sender->send(events);
    events.clear();
    if (outcome.status != SendOutcome::settled) throw std::runtime_error(outcome.error.message);
  };
  for (std::string line; std::getline(std::cin, line);) {
    events.emplace_back(decode_event(line).value());
    if (events.size() == std::stoul(words[3])) send();
  }
  if (!events.empty()) send();
}
