#include "server/openid/role_rules.hpp"

#include "core/event_fields.hpp"
#include "core/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <set>

namespace activitytrack::server {
namespace {

namespace json = boost::json;

constexpr std::string_view arrow = "->";
constexpr std::size_t max_machines = 1000;

Error wrong(std::string_view what) { return {ErrorCode::invalid_input, std::string(what)}; }

/// Takes the first word off, and the spaces after it; "" from nothing.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text = stripped(text.substr(word.size()));
  return word;
}

bool is_claim(std::string_view machine) {
  return machine.size() > 2 && machine.front() == '{' && machine.back() == '}';
}

/// By its whole name, else along the dots in it.
const json::value* find_claim(const json::object& claims, std::string_view name) {
  if (const auto* found = claims.if_contains(name)) return found;
  const auto dot = name.find('.');
  if (dot == name.npos) return nullptr;
  const auto* within = claims.if_contains(name.substr(0, dot));
  return within && within->is_object() ? find_claim(within->get_object(), name.substr(dot + 1)) : nullptr;
}

bool matches(const RoleRule& rule, const json::object& claims) {
  const auto texts = claim_texts(claims, rule.claim);
  return rule.value == "*" ? !texts.empty() : std::ranges::find(texts, rule.value) != texts.end();
}

}  // namespace

Result<RoleRule> parse_role_rule(std::string_view text) {
  const auto end = text.rfind(arrow), equals = text.find('=');
  if (end == text.npos || equals > end)
    return wrong("must be CLAIM=VALUE -> ROLE [MACHINE]..., as groups=activity-admins -> admin");
  RoleRule rule{.claim = std::string(stripped(text.substr(0, equals))),
                .value = std::string(stripped(text.substr(equals + 1, end - equals - 1)))};
  if (rule.claim.empty() || rule.value.empty()) return wrong("names no claim, or no value of it");
  std::string_view rest = stripped(text.substr(end + arrow.size()));
  const auto role = parse_role(take_word(rest));
  if (!role) return wrong("gives no role: it must be admin, manager, viewer, self or monitor");
  rule.role = *role;
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    if (!is_claim(word) && !machine_id_fault(word).empty()) return wrong("names a machine whose id cannot be one");
    rule.machines.emplace_back(word);
  }
  return rule;
}

std::vector<std::string> claim_texts(const json::object& claims, std::string_view name) {
  std::vector<std::string> texts;
  const auto add = [&](const json::value& value) {
    if (value.is_string() && !value.get_string().empty()) texts.emplace_back(value.get_string());
  };
  const auto* found = find_claim(claims, name);
  if (found && found->is_array()) {
    for (const json::value& value : found->get_array()) add(value);
  } else if (found) {
    add(*found);
  }
  return texts;
}

std::optional<Rights> rights_of(const std::vector<RoleRule>& rules, const json::object& claims) {
  std::optional<Role> role;
  std::set<std::string> machines;
  for (const RoleRule& rule : rules) {
    if ((role && *role != rule.role) || !matches(rule, claims)) continue;
    role = rule.role;
    for (const std::string& machine : rule.machines) {
      const auto ids = is_claim(machine) ? claim_texts(claims, machine.substr(1, machine.size() - 2))
                                         : std::vector<std::string>{machine};
      for (const std::string& id : ids) {
        if (machine_id_fault(id).empty() && machines.size() < max_machines) machines.insert(id);
      }
    }
  }
  if (!role) return std::nullopt;
  return Rights{*role, {machines.begin(), machines.end()}};
}

}  // namespace activitytrack::server
