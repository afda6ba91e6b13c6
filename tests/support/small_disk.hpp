#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace activitytrack::test {

/// As an ordinary user: makes this process, which must have no other threads, root of a namespace in which it may
/// mount.
inline bool enter_mount_namespace() {
  const auto uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " + uid + " 1";
  std::ofstream("/proc/self/gid_map") << "0 " + gid + " 1";
  return true;
}

/// A disk of 1 MiB of its own, where that may be mounted.
struct SmallDisk {
  static constexpr auto missing = "skipped: needs root, or user namespaces, to mount a small disk";

  explicit SmallDisk(const std::filesystem::path& at) : folder(at) {
    std::filesystem::create_directories(folder);
    mounted = mount() || (::geteuid() != 0 && enter_mount_namespace() && mount());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted) ::umount2(folder.c_str(), MNT_DETACH);
  }

  const std::filesystem::path folder;
  bool mounted = false;

 private:
  bool mount() const { return ::mount("none", folder.c_str(), "tmpfs", 0, "size=1m") == 0; }
};

}  // namespace activitytrack::test
