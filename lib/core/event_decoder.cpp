#include "core/event_batch.hpp"
#include "core/event_builder.hpp"
#include "core/json_repair.hpp"

#include <boost/json/basic_parser_impl.hpp>

namespace activitytrack {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

/// Receives the parser's callbacks and folds them into events: a state for each place in the text that matters, and a
/// depth of nesting for everything that does not.
class BatchHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  /// `single`: the text is one event, not a batch.
  BatchHandler(bool single, MachineIds ids) : single_(single), builder_(ids) {}

  DecodedBatch batch;
  std::string refusal;            ///< why the whole text is refused
  bool looks_like_event = false;  ///< of an object that should be a batch

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code& ec) { return begin(true, ec); }
  bool on_object_end(std::size_t, error_code&) { return end(); }
  bool on_array_begin(error_code& ec) { return begin(false, ec); }
  bool on_array_end(std::size_t, error_code&) { return end(); }

  bool on_key_part(string_view part, std::size_t, error_code&) { return keep(part); }
  bool on_key(string_view part, std::size_t, error_code& ec) {
    keep(part);
    const std::string name = std::move(text_);
    text_.clear();
    if (skip_ > 0) return true;
    if (place_ == Place::event) builder_.key(find_event_field(name));
    if (place_ == Place::agent) agent_.key(name);
    if (place_ == Place::measures) measure_ = name;
    if (place_ == Place::batch) {
      key_ = name == "events" ? Key::events : name == "agent" ? Key::agent : Key::unknown;
      if (name == "machine_id" || name == "timestamp") looks_like_event = true;
      if (name == "next_cursor") key_ = Key::next_cursor, batch.next_cursor = "";
      if (key_ == Key::events && seen_events_) return refuse("\"events\" is given twice", ec);
    }
    return true;
  }

  bool on_string_part(string_view part, std::size_t, error_code&) { return keep(part); }
  bool on_string(string_view part, std::size_t, error_code& ec) {
    keep(part);
    const bool going_on = scalar(std::string_view(text_), ec);
    text_.clear();
    return going_on;
  }

  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code& ec) { return scalar(number, ec); }
  bool on_uint64(std::uint64_t number, string_view, error_code& ec) {
    return scalar(static_cast<double>(number), ec);  // above every field's range anyway
  }
  bool on_double(double number, string_view, error_code& ec) { return scalar(number, ec); }
  bool on_bool(bool truth, error_code& ec) { return scalar(truth, ec); }
  bool on_null(error_code& ec) { return scalar(std::monostate(), ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  bool complete() const { return single_ || (seen_events_ && (events_in_ == Place::batch || index_ > 0)); }

 private:
  enum class Place { document, batch, agent, events, event, words, measures };
  enum class Key { unknown, events, agent, next_cursor };

  bool enter(Place place) {
    place_ = place;
    return true;
  }
  bool skip() {
    ++skip_;
    return true;
  }

  /// An object, or an array, begins.
  bool begin(bool object, error_code& ec) {
    if (skip_ > 0) return skip();
    switch (place_) {
      case Place::document:
        if (!object) return single_ ? refuse_shape(ec) : begin_events(Place::document);
        return single_ ? begin_event(ec) : enter(Place::batch);
      case Place::batch:
        if (key_ == Key::events) return object ? refuse("\"events\" must be an array", ec) : begin_events(Place::batch);
        if (key_ != Key::agent || !object) return skip();
        agent_ = {};
        return enter(Place::agent);
      case Place::events:
        return object ? begin_event(ec) : reject_element(ec) && skip();
      case Place::agent:
        agent_.wrong_type();
        return skip();
      case Place::event:
        if (object ? builder_.wants_measures() : builder_.wants_list())
          return enter(object ? Place::measures : Place::words);
        break;
      case Place::words:
      case Place::measures:
        break;
    }
    builder_.wrong_type();
    return skip();
  }

  /// What began last ends.
  bool end() {
    if (skip_ > 0) return --skip_, true;
    switch (place_) {
      case Place::event:
        end_event();
        return enter(single_ ? Place::document : Place::events);
      case Place::measures:
        builder_.end_measures();
        return enter(Place::event);
      case Place::words:
        return enter(Place::event);
      case Place::agent:
        batch.agent = agent_.end();
        return enter(Place::batch);
      case Place::events:
        return enter(events_in_);
      case Place::batch:
      case Place::document:
        break;
    }
    return enter(Place::document);
  }

  /// Longer than any field may be: enough for the builder to see that it is too long.
  bool keep(string_view part) {
    static constexpr std::size_t enough = 4096;
    if (text_.size() < enough) text_.append(part.data(), std::min(part.size(), enough));
    return true;
  }

  bool scalar(const JsonScalar& value, error_code& ec) {
    if (skip_ > 0) return true;
    switch (place_) {
      case Place::document:
        return refuse_shape(ec);
      case Place::batch:
        if (key_ == Key::events) return refuse("\"events\" must be an array", ec);
        if (key_ == Key::next_cursor) read_cursor(value);
        break;
      case Place::events:
        return reject_element(ec);
      case Place::agent:
        agent_.scalar(value);
        break;
      case Place::event:
        builder_.scalar(value);
        break;
      case Place::words:
        builder_.word(value);
        break;
      case Place::measures:
        builder_.measure(measure_, value);
        break;
    }
    return true;
  }

  void read_cursor(const JsonScalar& value) {
    if (const auto* cursor = std::get_if<std::string_view>(&value)) batch.next_cursor = *cursor;
    if (std::holds_alternative<std::monostate>(value)) batch.next_cursor.reset();
  }

  bool begin_events(Place in) {
    seen_events_ = true;
    events_in_ = in;
    return enter(Place::events);
  }

  bool begin_event(error_code& ec) {
    if (index_ >= max_batch_events) return refuse_length(ec);
    builder_.begin();
    return enter(Place::event);
  }

  void end_event() {
    builder_.end();
    if (builder_.ok()) {
      batch.events.push_back(std::move(builder_.event()));
      batch.indices.push_back(index_);
      for (const auto& [field, note] : builder_.notes()) batch.adjusted.push_back({index_, field, note});
    } else {
      batch.rejected_machines.push_back(builder_.event().machine_id);
      batch.rejected.push_back({index_, std::string(builder_.fault_field()), builder_.error()});
    }
    ++index_;
  }

  bool reject_element(error_code& ec) {
    if (index_ >= max_batch_events) return refuse_length(ec);
    batch.rejected.push_back({index_++, "", "must be an object"});
    batch.rejected_machines.emplace_back();
    return true;
  }

  bool refuse_length(error_code& ec) { return refuse("a batch holds at most 10000 events", ec); }

  bool refuse_shape(error_code& ec) {
    return refuse(single_ ? "must be an object" : "must be an object {\"events\": [...]}", ec);
  }
  bool refuse(const char* why, error_code& ec) {
    refusal = why;
    ec = json::error::syntax;
    return false;
  }

  const bool single_;
  Place place_ = Place::document;
  std::size_t skip_ = 0;    ///< depth within a value that is ignored
  Key key_ = Key::unknown;  ///< the last one of the batch
  bool seen_events_ = false;
  Place events_in_ = Place::batch;  ///< where they are
  std::size_t index_ = 0;
  std::string text_;
  std::string measure_;  ///< name of the last one
  EventBuilder builder_;
  AgentBuilder agent_;
};

Result<DecodedBatch> parse_strictly(std::string_view text, bool single, MachineIds ids) {
  json::parse_options options;
  options.max_depth = 32;
  options.allow_invalid_utf8 = true;  // so that one bad string costs only its event
  json::basic_parser<BatchHandler> parser(options, single, ids);
  error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  auto& handler = parser.handler();
  if (!handler.refusal.empty()) return Error{ErrorCode::invalid_input, handler.refusal};
  if (!ec && read < text.size()) ec = json::error::extra_data;
  if (ec) {
    return Error{ErrorCode::invalid_input, "not JSON at byte " + std::to_string(read) + ": " + ec.message()};
  }
  if (!handler.complete() && handler.looks_like_event) return parse_strictly(text, true, ids);
  if (!handler.complete()) return Error{ErrorCode::invalid_input, "must be an object {\"events\": [...]}"};
  return std::move(handler.batch);
}

/// What is no JSON for what a value holds, and not for its structure, costs only that value's event.
Result<DecodedBatch> parse(std::string_view text, bool single, MachineIds ids) {
  constexpr std::size_t most_repairs = 10 * max_batch_events;
  auto batch = parse_strictly(text, single, ids);
  if (batch) return batch;
  if (const auto repaired = repair_json(text, most_repairs)) {
    if (auto again = parse_strictly(*repaired, single, ids)) return again;
  }
  return batch;
}

}  // namespace

Result<DecodedBatch> decode_batch(std::string_view text, MachineIds ids) { return parse(text, false, ids); }

Result<Event> decode_event(std::string_view text) {
  Result<DecodedBatch> batch = parse(text, true, MachineIds::kept);
  if (!batch) return batch.error();
  if (batch->rejected.empty()) return std::move(batch->events.front());
  const BatchAnswer::Rejected& fault = batch->rejected.front();
  return Error{ErrorCode::invalid_input, fault.field.empty() ? fault.error : fault.field + " " + fault.error};
}

}  // namespace activitytrack
