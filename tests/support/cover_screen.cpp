// cover_screen: covers the screen of $DISPLAY with a window that says nothing of its program, as slock does,
// until it is killed.

#include <xcb/xcb.h>

#include <unistd.h>

#include <cstdint>

int main() {
  xcb_connection_t* const connection = xcb_connect(nullptr, nullptr);
  if (xcb_connection_has_error(connection) != 0) return 1;
  const xcb_screen_t& screen = *xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
  const std::uint32_t unmanaged = 1;
  const xcb_window_t window = xcb_generate_id(connection);
  xcb_create_window(connection, XCB_COPY_FROM_PARENT, window, screen.root, 0, 0, screen.width_in_pixels,
                    screen.height_in_pixels, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                    XCB_CW_OVERRIDE_REDIRECT, &unmanaged);
  xcb_map_window(connection, window);
  xcb_flush(connection);
  for (;;) ::pause();
}
