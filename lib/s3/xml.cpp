#include "s3/xml.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

constexpr std::size_t most_levels = 16;

struct BadXml {};

std::string utf8(unsigned code) {
  std::string out;
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) throw BadXml();
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

/// What stands between "&" and ";".
std::string entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, char>, 5> known{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [word, character] : known) {
    if (name == word) return {character};
  }
  if (!name.starts_with('#')) throw BadXml();
  name.remove_prefix(1);
  const int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  unsigned code = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  if (bad != std::errc() || end != name.data() + name.size()) throw BadXml();
  return utf8(code);
}

class Reader {
 public:
  Reader(std::string_view xml, const XmlSink& sink) : rest_(xml), sink_(sink) {}

  void read() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    bool any = false;
    while (!rest_.empty()) {
      if (rest_[0] != '<') {
        take_text(upto("<", false));
      } else if (rest_.starts_with("<?")) {
        upto("?>");
      } else if (rest_.starts_with("<!--")) {
        upto("-->");
      } else if (rest_.starts_with("<![CDATA[")) {
        const std::string_view data = upto("]]>").substr(9);
        if (levels_.empty()) throw BadXml();
        levels_.back().text += data;
      } else if (rest_.starts_with("<!")) {
        throw BadXml();
      } else {
        any = true;
        take_tag(upto(">").substr(1));
      }
    }
    if (!any || !levels_.empty()) throw BadXml();
  }

 private:
  struct Level {
    std::size_t path_size;  // before it
    std::string name, text;
  };

  /// What comes before `end`, which is passed too unless it is to stay.
  std::string_view upto(std::string_view end, bool pass = true) {
    const std::size_t at = rest_.find(end);
    if (at == rest_.npos && pass) throw BadXml();
    const std::string_view before = rest_.substr(0, at);
    rest_.remove_prefix(before.size() + (pass ? end.size() : 0));
    return before;
  }

  void take_text(std::string_view text) {
    if (levels_.empty()) {
      if (text.find_first_not_of(" \t\r\n") != text.npos) throw BadXml();
      return;
    }
    for (std::size_t at; (at = text.find('&')) != text.npos;) {
      const std::size_t end = text.find(';', at);
      if (end == text.npos) throw BadXml();
      (levels_.back().text += text.substr(0, at)) += entity(text.substr(at + 1, end - at - 1));
      text.remove_prefix(end + 1);
    }
    levels_.back().text += text;
  }

  void take_tag(std::string_view tag) {
    const bool ends = tag.starts_with('/'), empty = tag.ends_with('/');
    if (ends) tag.remove_prefix(1);
    std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
    if (const auto colon = name.find(':'); colon != name.npos) name.remove_prefix(colon + 1);
    if (name.empty()) throw BadXml();
    if (!ends) {
      if (levels_.size() == most_levels) throw BadXml();
      levels_.push_back({path_.size(), std::string(name), {}});
      (path_ += path_.empty() ? "" : "/") += name;
    }
    if (!ends && !empty) return;
    if (levels_.empty() || levels_.back().name != name) throw BadXml();
    sink_(path_, levels_.back().text);
    path_.resize(levels_.back().path_size);
    levels_.pop_back();
  }

  std::string_view rest_;
  const XmlSink& sink_;
  std::vector<Level> levels_;
  std::string path_;
};

}  // namespace

Result<void> read_xml(std::string_view xml, const XmlSink& sink) {
  try {
    Reader(xml, sink).read();
  } catch (const BadXml&) {
    return Error{ErrorCode::invalid_input, "is not the XML that S3 answers with"};
  }
  return {};
}

}  // namespace activitytrack
