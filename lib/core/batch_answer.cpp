#include <activitytrack/core/event_json.hpp>

#include "core/json_writer.hpp"

#include <boost/json.hpp>

namespace activitytrack {

std::string encode_answer(const BatchAnswer& answer) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("accepted", answer.accepted).field("duplicates", answer.duplicates);
  json.key("rejected").begin_array();
  for (const RejectedEvent& r : answer.rejected) {
    json.begin_object().field("index", r.index).field("field", r.field).field("error", r.error).end_object();
  }
  json.end_array().end_object();
  return out;
}

Result<BatchAnswer> decode_answer(std::string_view text) {
  try {
    const boost::json::value root = boost::json::parse(text);
    const auto& object = root.as_object();
    BatchAnswer answer;
    answer.accepted = object.at("accepted").to_number<std::size_t>();
    answer.duplicates = object.at("duplicates").to_number<std::size_t>();
    for (const auto& item : object.at("rejected").as_array()) {
      const auto& r = item.as_object();
      answer.rejected.push_back({r.at("index").to_number<std::size_t>(), std::string(r.at("field").as_string()),
                                 std::string(r.at("error").as_string())});
    }
    return answer;
  } catch (const std::exception&) {  // Boost.JSON says by exception that a key or a type is not there
    return Error{ErrorCode::invalid_input, "the server's answer is not {\"accepted\",\"duplicates\",\"rejected\"}"};
  }
}

}  // namespace activitytrack
