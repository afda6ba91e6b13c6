#include "courier.hpp"

namespace activitytrack::load {

Courier::Courier(const Target& target, std::span<const MachineName> machines, Shape shape)
    : target_(target), machines_(machines), texts_(shape), ledger_(machines.size()) {
  std::string path = target.url.target;
  while (path.ends_with('/')) path.pop_back();
  head_start_ = "POST " + path + "/api/events HTTP/1.1\r\nHost: " + target.url.authority() +
                "\r\nContent-Type: application/json\r\n";
}

Connection::State Courier::send(Connection& connection, const Post& post) {
  const MachineName& machine = machines_[post.machine];
  texts_.write(body_, machine.id, post.machine, post.first, post.count);
  head_.assign(head_start_);
  if (!machine.credential.empty()) {
    head_.append("Authorization: Bearer ").append(machine.credential).append("\r\n");
  }
  head_.append("Content-Length: ").append(std::to_string(body_.size())).append("\r\n\r\n");
  figures_.bytes_sent += head_.size() + body_.size();
  return connection.send(head_, body_);
}

Courier::Outcome Courier::settle(const Connection& connection, Connection::State state, const Post& post) {
  figures_.ended = Clock::now();
  if (state == Connection::State::lost) {
    if (connection.was_sent()) ledger_.note(Fate::unknown, post.machine, post.first, post.count);
    ++(connection.was_sent() ? figures_.lost : figures_.unreached);
    return Outcome::again;
  }
  const Answer& answer = connection.answer();
  ++figures_.statuses[answer.status];
  figures_.bytes_received += answer.size;
  if (answer.status == 200) return settle_stored(answer, post);
  if (answer.status >= 500) ledger_.note(Fate::failed, post.machine, post.first, post.count);
  return answer.status >= 500 || answer.status == 429 ? Outcome::again : Outcome::refused;
}

Courier::Outcome Courier::settle_stored(const Answer& answer, const Post& post) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(figures_.ended - post.due);
  figures_.latency.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())));
  figures_.accepted += answer.accepted;
  figures_.duplicates += answer.duplicates;
  if (answer.accepted + answer.duplicates != post.count) {
    figures_.unaccounted += post.count;
    return Outcome::refused;
  }
  ledger_.note(Fate::acknowledged, post.machine, post.first, post.count);
  return Outcome::stored;
}

}  // namespace activitytrack::load
