#include "input/device_news.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

const InputDevice usb_mouse{6, "Mouse"}, usb_keyboard{7, "Keyboard"}, xtest_device{4, "XTEST", true};

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
  news.update({usb_mouse, xtest_device});
  CHECK(news.take() == Devices{usb_mouse, xtest_device});
  news.update({usb_mouse, xtest_device});
  CHECK(news.take().empty());
}

TEST_CASE("what comes later appeared, and stays so when it changes") {
  DeviceNews news;
  news.update({usb_mouse});
  news.take();
  news.update({usb_mouse, usb_keyboard});
  CHECK(news.take() == Devices{appeared(usb_keyboard)});
  news.update({usb_mouse, {7, "Other name"}});
  CHECK(news.take() == Devices{appeared({7, "Other name"})});
}

TEST_CASE("what is not there any more is gone, once") {
  DeviceNews news;
  news.update({usb_mouse, usb_keyboard});
  news.take();
  news.update({usb_mouse});
  CHECK(news.take() == Devices{gone(usb_keyboard)});
  news.update({usb_mouse});
  news.remove(usb_keyboard.id);
  CHECK(news.take().empty());
}

TEST_CASE("a number that is given to another device at once") {
  DeviceNews news;
  news.update({usb_mouse});
  news.take();
  news.remove(usb_mouse.id);
  news.update({usb_mouse});
  CHECK(news.take() == Devices{gone(usb_mouse), appeared(usb_mouse)});
}
