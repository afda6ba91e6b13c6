#include "agent/network_watch.hpp"

// In this order: the kernel's headers need the C library's types.
#include <sys/socket.h>

#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cerrno>

namespace activitytrack {
namespace {

constexpr std::array groups{RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
                            RTNLGRP_IPV6_ROUTE};

bool adds_something(const nlmsghdr& message) {
  switch (message.nlmsg_type) {
    case RTM_NEWADDR:
    case RTM_NEWROUTE:
      return true;
    case RTM_NEWLINK:  // also of a link that went down
      return (static_cast<const ifinfomsg*>(NLMSG_DATA(&message))->ifi_flags & IFF_RUNNING) != 0;
    default:
      return false;
  }
}

/// What has come; true if something was added, or if so much came that some was lost.
bool take_messages(int socket) {
  bool added = false;
  alignas(nlmsghdr) std::array<char, 8192> buffer;
  for (;;) {
    const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == ENOBUFS) added = true;
    if (size < 0 && (errno == ENOBUFS || errno == EINTR)) continue;
    if (size <= 0) return added;
    auto left = static_cast<unsigned>(size);
    for (auto* each = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(each, left); each = NLMSG_NEXT(each, left)) {
      added |= adds_something(*each);
    }
  }
}

}  // namespace

NetworkWatch::NetworkWatch() : socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  // One without an address of its own gets nothing from the kernel.
  sockaddr_nl any{};
  any.nl_family = AF_NETLINK;
  ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any);
}

void NetworkWatch::arm() {
  const std::lock_guard lock(mutex_);
  if (!armed_) listen(true);
}

bool NetworkWatch::changed() {
  const std::lock_guard lock(mutex_);
  if (!armed_ || !take_messages(socket_.get())) return false;
  listen(false);
  take_messages(socket_.get());  // what came meanwhile would be readable for ever
  return true;
}

void NetworkWatch::listen(bool on) {
  armed_ = on;
  for (const int group : groups) {
    ::setsockopt(socket_.get(), SOL_NETLINK, on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, &group,
                 sizeof group);
  }
}

}  // namespace activitytrack
