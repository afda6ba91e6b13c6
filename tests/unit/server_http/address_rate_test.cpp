#include "server/http/address_rate.hpp"

#include <doctest/doctest.h>

using namespace activitytrack::server;
using namespace std::chrono_literals;

namespace {

const AddressRate::Instant start = AddressRate::Instant() + 1000h;

/// How often the address is admitted at once.
int burst(AddressRate& rate, const char* address, AddressRate::Instant now) {
  int admitted = 0;
  while (admitted < 1000 && rate.admit(boost::asio::ip::make_address(address), now)) ++admitted;
  return admitted;
}

}  // namespace

TEST_CASE("an address may use its minute at once, and has it back bit by bit") {
  AddressRate rate;
  rate.set(60);
  CHECK(burst(rate, "192.0.2.1", start) == 60);
  CHECK(burst(rate, "192.0.2.1", start + 500ms) == 0);
  CHECK(burst(rate, "192.0.2.1", start + 3s) == 3);
  CHECK(burst(rate, "192.0.2.1", start + 10min) == 60);
}

TEST_CASE("each address has a share of its own, and so has each network of IPv6") {
  AddressRate rate;
  rate.set(5);
  CHECK(burst(rate, "192.0.2.1", start) == 5);
  CHECK(burst(rate, "192.0.2.2", start) == 5);
  CHECK(burst(rate, "2001:db8:0:1::1", start) == 5);
  CHECK(burst(rate, "2001:db8:0:1:ffff::2", start) == 0);
  CHECK(burst(rate, "2001:db8:0:2::1", start) == 5);
  CHECK(burst(rate, "::ffff:192.0.2.1", start) == 0);
  CHECK(burst(rate, "::ffff:192.0.2.3", start) == 5);
}

TEST_CASE("only addresses that have used some of their share are kept") {
  AddressRate rate;
  rate.set(60);
  burst(rate, "192.0.2.1", start);
  rate.admit(boost::asio::ip::make_address("192.0.2.2"), start);
  rate.forget_rested(start);
  CHECK(rate.size() == 2);
  rate.forget_rested(start + 1s);
  CHECK(rate.size() == 1);
  CHECK(burst(rate, "192.0.2.1", start + 1s) == 1);
  rate.forget_rested(start + 61s);
  CHECK(rate.size() == 0);
}

TEST_CASE("0 is no limit, and a new limit holds at once") {
  AddressRate rate;
  CHECK(burst(rate, "192.0.2.1", start) == 1000);
  rate.set(5);
  CHECK(burst(rate, "192.0.2.1", start) == 5);
  rate.set(0);
  CHECK(burst(rate, "192.0.2.1", start) == 1000);
}

TEST_CASE("an address has what it has not given back, and a network of IPv6 is one share") {
  AddressCount count;
  const auto one = counted_as(boost::asio::ip::make_address("10.0.0.1"));
  const auto mapped = counted_as(boost::asio::ip::make_address("::ffff:10.0.0.1"));
  count.add(one);
  count.add(mapped);
  CHECK(count.of(one) == 2);
  CHECK(count.of(counted_as(boost::asio::ip::make_address("10.0.0.2"))) == 0);
  count.subtract(one);
  count.subtract(one);
  CHECK(count.of(one) == 0);

  CHECK(address_share("fd00:1:2:3::1") == address_share("fd00:1:2:3:ffff::"));
  CHECK(address_share("fd00:1:2:3::1") != address_share("fd00:1:2:4::1"));
  CHECK(address_share("10.0.0.1") == address_share("::ffff:10.0.0.1"));
  CHECK(address_share("10.0.0.1") != address_share("10.0.0.2"));
  CHECK(address_share("unknown") != address_share("_hidden"));
}
