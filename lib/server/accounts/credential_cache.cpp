#include "server/accounts/credential_cache.hpp"

#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t generation = 50'000;

}  // namespace

bool CredentialCache::contains(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return known_.contains(id);
}

std::optional<CredentialCache::Found> CredentialCache::find(std::int64_t id, const SecretHash& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(id);
  if (found == known_.end()) return std::nullopt;
  const auto& stored = found->second.hash;
  if (!is_same_hash(hash, {reinterpret_cast<const char*>(stored.data()), stored.size()})) return std::nullopt;
  return Found{found->second.machine_id, version_};
}

std::int64_t CredentialCache::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

bool CredentialCache::keep(std::int64_t id, const SecretHash& hash, std::string machine_id, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  if (version != version_) return false;
  if (known_.size() >= capacity_ && !known_.contains(id)) known_.erase(known_.begin());
  known_.insert_or_assign(id, Known{hash, std::move(machine_id)});
  return true;
}

void CredentialCache::forget(std::span<const std::int64_t> revoked, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  if (version <= version_) return;  // another thread was quicker, and knows more
  if (revoked_.size() >= generation) revoked_before_ = std::exchange(revoked_, {});
  for (const std::int64_t id : revoked) {
    known_.erase(id);
    revoked_.insert(id);
  }
  version_ = version;
}

bool CredentialCache::still_good(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return !revoked_.contains(id) && !revoked_before_.contains(id);
}

}  // namespace activitytrack::server
