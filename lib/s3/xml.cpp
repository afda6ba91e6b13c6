#include "s3/xml.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::size_t most_levels = 16;

/// "" of what is no character.
std::string utf8(unsigned code) {
  std::string out;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return out;
  if (code < 0x80) return {static_cast<char>(code)};
  if (code >= 0x10000) {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
  } else if (code >= 0x800) {
    out += static_cast<char>(0xE0 | code >> 12);
  }
  out += static_cast<char>(code >= 0x800 ? 0x80 | (code >> 6 & 0x3F) : 0xC0 | code >> 6);
  return out += static_cast<char>(0x80 | (code & 0x3F));
}

/// What "&NAME;" stands for; "" if that is not known.
std::string entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> known{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [word, character] : known) {
    if (name == word) return {character};
  }
  if (!name.starts_with('#')) return {};
  name.remove_prefix(1);
  const int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  return utf8(parse_number<unsigned>(name, base).value_or(0));
}

class Reader {
 public:
  Reader(std::string_view xml, const XmlSink& sink) : rest_(xml), sink_(sink) {}

  /// False if it is not of the shape.
  bool read() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    while (good_ && !rest_.empty()) take_next();
    return good_ && any_ && levels_.empty();
  }

 private:
  struct Level {
    std::size_t path_size;  // before it
    std::string name, text;
  };

  void take_next() {
    if (rest_[0] != '<') {
      take_text(rest_.substr(0, rest_.find('<')));
    } else if (rest_.starts_with("<?")) {
      upto("?>");
    } else if (rest_.starts_with("<!--")) {
      upto("-->");
    } else if (rest_.starts_with("<![CDATA[")) {
      take_data(upto("]]>"));
    } else if (rest_.starts_with("<!")) {
      good_ = false;
    } else {
      take_tag(upto(">"));
    }
  }

  /// What comes before `end`; both are passed.
  std::string_view upto(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == rest_.npos) return good_ = false, std::string_view();
    const std::string_view before = rest_.substr(0, at);
    rest_.remove_prefix(at + end.size());
    return before;
  }

  void take_data(std::string_view data) {
    good_ = good_ && !levels_.empty();
    if (good_) levels_.back().text += data.substr(std::string_view("<![CDATA[").size());
  }

  void take_text(std::string_view text) {
    rest_.remove_prefix(text.size());
    if (levels_.empty()) {
      good_ = text.find_first_not_of(" \t\r\n") == text.npos;
      return;
    }
    std::string& own = levels_.back().text;
    for (std::size_t at; good_ && (at = text.find('&')) != text.npos;) {
      const std::size_t end = std::min(text.find(';', at), text.size());
      const std::string character = entity(text.substr(at + 1, end - at - 1));
      good_ = end < text.size() && !character.empty();
      (own += text.substr(0, at)) += character;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    own += text;
  }

  void take_tag(std::string_view tag) {
    if (!good_) return;
    tag.remove_prefix(1);
    const bool ends = tag.starts_with('/'), empty = tag.ends_with('/');
    if (ends) tag.remove_prefix(1);
    std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    if (const auto colon = name.find(':'); colon != name.npos) name.remove_prefix(colon + 1);
    if (!ends) begin(name);
    if (ends || empty) end(name);
  }

  void begin(std::string_view name) {
    const bool second_root = levels_.empty() && any_;
    good_ = good_ && !name.empty() && levels_.size() < most_levels && !second_root;
    any_ = true;
    levels_.push_back({path_.size(), std::string(name), {}});
    (path_ += path_.empty() ? "" : "/") += name;
  }

  void end(std::string_view name) {
    good_ = good_ && !levels_.empty() && levels_.back().name == name;
    if (!good_) return;
    sink_(path_, levels_.back().text);
    path_.resize(levels_.back().path_size);
    levels_.pop_back();
  }

  std::string_view rest_;
  const XmlSink& sink_;
  std::vector<Level> levels_;  // the elements that are open
  std::string path_;           // of the innermost
  bool any_ = false;
  bool good_ = true;
};

}  // namespace

Result<void> read_xml(std::string_view xml, const XmlSink& sink) {
  if (Reader(xml, sink).read()) return {};
  return Error{ErrorCode::invalid_input, "is not the XML that S3 answers with"};
}

std::string xml_text(std::string_view xml, std::string_view path) {
  std::string found;
  const Result<void> read = read_xml(xml, [&](std::string_view at, std::string_view text) {
    if (at == path) found = text;
  });
  return read ? found : std::string();
}

}  // namespace activitytrack
