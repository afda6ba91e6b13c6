#include "core/event_fields.hpp"
#include "core/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace activitytrack {
namespace {

constexpr std::string_view no_control = "must hold no control characters";
constexpr std::string_view no_invisible = "must hold no invisible characters";
constexpr std::string_view only_spaces =
    "must neither begin nor end with a blank, nor hold two in a row, or any but spaces";

/// What no id may hold, wherever it stands.
std::string_view character_fault(utf8proc_int32_t character) noexcept {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return no_control;
    case UTF8PROC_CATEGORY_CF:  // those that turn the direction of writing are among them
      return no_invisible;
    case UTF8PROC_CATEGORY_CN:  // whether it has another normal form is not known yet
      return "must hold only characters that Unicode assigns";
    case UTF8PROC_CATEGORY_ZS:
      return character == ' ' ? std::string_view() : only_spaces;
    default:
      return utf8proc_get_property(character)->ignorable ? no_invisible : std::string_view();
  }
}

std::string_view characters_fault(std::string_view id) noexcept {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(id.data());
  for (auto left = static_cast<utf8proc_ssize_t>(id.size()); left > 0;) {
    utf8proc_int32_t character = 0;
    const auto length = utf8proc_iterate(at, left, &character);
    if (length < 1) return "must be UTF-8";
    if (const auto wrong = character_fault(character); !wrong.empty()) return wrong;
    at += length;
    left -= length;
  }
  return {};
}

bool is_normal(std::string_view id) noexcept {
  utf8proc_uint8_t* made = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(id.data()), static_cast<utf8proc_ssize_t>(id.size()),
                   &made, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> normal(made, &std::free);
  return length >= 0 && id == std::string_view(reinterpret_cast<const char*>(made), static_cast<std::size_t>(length));
}

}  // namespace

std::string_view machine_id_fault(std::string_view id) noexcept {
  if (id.empty()) return "must not be empty";
  if (id.size() > max_machine_id_bytes) return "must be at most 128 bytes long";
  if (id == "." || id == "..") return "must not be . or ..";
  if (id.front() == ' ' || id.back() == ' ' || id.find("  ") != id.npos) return only_spaces;
  const auto is_plain = [](unsigned char c) { return c >= 0x20 && c < 0x7F; };
  if (std::ranges::all_of(id, is_plain)) return {};  // as good as all are
  if (const auto wrong = characters_fault(id); !wrong.empty()) return wrong;
  return is_normal(id) ? std::string_view() : "must be in Unicode's normal form C (NFC)";
}

std::string_view kept_machine_id_fault(std::string_view id) noexcept {
  if (id.empty()) return "must not be empty";
  if (id.size() > max_machine_id_bytes) return "must be at most 128 bytes long";
  if (!is_utf8(id)) return "must be UTF-8";
  return id.find('\0') == id.npos ? std::string_view() : no_control;
}

}  // namespace activitytrack
