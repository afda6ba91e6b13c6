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

constexpr int loopback = 1;  // its index, in each network namespace

/// The link that a route leads to; 0 if it names none, or several.
int link_of_route(const nlmsghdr& message) {
  const auto* const route = static_cast<const rtmsg*>(NLMSG_DATA(&message));
  auto left = RTM_PAYLOAD(&message);
  for (const rtattr* each = RTM_RTA(route); RTA_OK(each, left); each = RTA_NEXT(each, left)) {
    if (each->rta_type == RTA_OIF) return *static_cast<const int*>(RTA_DATA(each));
  }
  return 0;
}

bool adds_something(const nlmsghdr& message) {
  const void* const content = NLMSG_DATA(&message);
  switch (message.nlmsg_type) {
    case RTM_NEWADDR:
      return static_cast<const ifaddrmsg*>(content)->ifa_index != loopback;
    case RTM_NEWROUTE:
      return link_of_route(message) != loopback;
    case RTM_NEWLINK: {  // also of a link that went down
      const auto* const link = static_cast<const ifinfomsg*>(content);
      return link->ifi_index != loopback && (link->ifi_flags & IFF_RUNNING) != 0;
    }
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

void NetworkWatch::arm(const Rounds& failing) {
  const std::lock_guard lock(mutex_);
  if (armed_by_.empty()) listen(true);
  armed_by_.insert(&failing);
}

void NetworkWatch::disarm(const Rounds& fine) {
  const std::lock_guard lock(mutex_);
  if (armed_by_.erase(&fine) > 0 && armed_by_.empty()) listen(false);
}

bool NetworkWatch::changed() {
  const std::lock_guard lock(mutex_);
  if (armed_by_.empty() || !take_messages(socket_.get())) return false;
  armed_by_.clear();
  listen(false);
  return true;
}

void NetworkWatch::listen(bool on) {
  for (const int group : groups) {
    ::setsockopt(socket_.get(), SOL_NETLINK, on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP, &group,
                 sizeof group);
  }
  if (!on) take_messages(socket_.get());  // what came before would be readable for ever
}

}  // namespace activitytrack
