#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace activitytrack::server {

struct Request;

/// What a person may do. See docs/security.md.
enum class Role {
  self,     ///< reads their own machine, may ask for its export and its erasure
  viewer,   ///< reads the machines given to them
  manager,  ///< reads and configures these
  admin,    ///< everything
};

/// Who asks: the answer of authentication to a request.
struct Principal {
  enum class Kind {
    nobody,
    machine,    ///< an agent with its credential: good for its own machine_id alone
    enrolment,  ///< who holds an enrolment token: may trade it for a credential, nothing else
    person,     ///< signed in, or by a token of theirs
  };

  Kind kind = Kind::nobody;
  std::string name{};      ///< the machine's id, the person's name: who the audit log says it was
  Role role = Role::self;  ///< of a person
  std::set<std::string, std::less<>> machines{};  ///< a person's, unless admin
  std::int64_t id = 0;                            ///< of the row it came from: the credential, the token, the user
  std::int64_t version = 0;  ///< of a machine: that of the accounts by which it was let in (CredentialCheck::version)
  bool reads_only = false;   ///< of a person's token: changes are refused

  bool is_admin() const { return kind == Kind::person && role == Role::admin; }
  bool may_read(std::string_view machine_id) const;
  bool may_configure(std::string_view machine_id) const;
  bool may_erase(std::string_view machine_id) const;  ///< and export
  bool may_send(std::string_view machine_id) const;   ///< events

  /// Who asks a server that runs with `auth: none`, on loopback alone: admin, and any machine.
  static Principal anyone();
  bool is_anyone = false;
};

/// Who asks, as the gate found out; nobody before that.
const Principal& asker(const Request& request) noexcept;

}  // namespace activitytrack::server
