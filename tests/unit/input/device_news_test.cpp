#include "input/device_news.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

const InputDevice mouse{6, "Mouse"}, keyboard{7, "Keyboard"}, xtest{4, "XTEST", true};

InputDevice appeared(InputDevice device) {
  device.appeared = true;
  return device;
}

InputDevice gone(InputDevice device) {
  device.gone = true;
  return device;
}

using Devices = std::vector<InputDevice>;

}  // namespace

TEST_CASE("what is there at first did not appear, and is told once") {
  DeviceNews news;
  CHECK(news.take().empty());
  news.update({mouse, xtest});
  CHECK(news.take() == Devices{mouse, xtest});
  news.update({mouse, xtest});
  CHECK(news.take().empty());
}

TEST_CASE("what comes later appeared, and stays so when it changes") {
  DeviceNews news;
  news.update({mouse});
  news.take();
  news.update({mouse, keyboard});
  CHECK(news.take() == Devices{appeared(keyboard)});
  news.update({mouse, {7, "Other name"}});
  CHECK(news.take() == Devices{appeared({7, "Other name"})});
}

TEST_CASE("what is not there any more is gone, once") {
  DeviceNews news;
  news.update({mouse, keyboard});
  news.take();
  news.update({mouse});
  CHECK(news.take() == Devices{gone(keyboard)});
  news.update({mouse});
  news.remove(keyboard.id);
  CHECK(news.take().empty());
}

TEST_CASE("a number that is given to another device at once") {
  DeviceNews news;
  news.update({mouse});
  news.take();
  news.remove(mouse.id);
  news.update({mouse});
  CHECK(news.take() == Devices{gone(mouse), appeared(mouse)});
}
