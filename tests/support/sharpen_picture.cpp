// sharpen_picture FROM.jpg INTO.ppm ENLARGE SIGMA TIMES: what somebody would try who wants to read a blurred
// picture.
//
// Takes back a Gaussian of SIGMA px by van Cittert's method (what blurring the guess lacks is added to it,
// TIMES over), with the very filter that blurred it; then enlarges, since readers of text want large letters.

#include "screen/picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

using namespace activitytrack;

namespace {

Image sharpened(const Image& blurred, double sigma, int times) {
  Image guess = blurred;
  for (int round = 0; round < times; ++round) {
    Image again = guess;
    gaussian_blur(again.view(), sigma);
    for (int y = 0; y < guess.height(); ++y) {
      for (int i = 0; i < 4 * guess.width(); ++i) {
        const int lacking = blurred.view().row(y)[i] - again.view().row(y)[i];
        std::uint8_t& byte = guess.view().row(y)[i];
        byte = static_cast<std::uint8_t>(std::clamp(byte + lacking, 0, 255));
      }
    }
  }
  return guess;
}

/// Bilinear, around the middles of pixels.
Image enlarged(const Image& small, int times) {
  Image large(small.width() * times, small.height() * times);
  const auto at = [&](int x, int y, int c) {
    return small.view().row(std::clamp(y, 0, small.height() - 1))[4 * std::clamp(x, 0, small.width() - 1) + c];
  };
  for (int y = 0; y < large.height(); ++y) {
    const double v = (y + 0.5) / times - 0.5, fy = v - std::floor(v);
    for (int x = 0; x < large.width(); ++x) {
      const double u = (x + 0.5) / times - 0.5, fx = u - std::floor(u);
      const int left = static_cast<int>(std::floor(u)), top = static_cast<int>(std::floor(v));
      for (int c = 0; c < 3; ++c) {
        const double above = at(left, top, c) * (1 - fx) + at(left + 1, top, c) * fx;
        const double below = at(left, top + 1, c) * (1 - fx) + at(left + 1, top + 1, c) * fx;
        large.view().row(y)[4 * x + c] = static_cast<std::uint8_t>(above * (1 - fy) + below * fy + 0.5);
      }
    }
  }
  return large;
}

std::string ppm(const Image& image) {
  std::string text = "P6\n" + std::to_string(image.width()) + " " + std::to_string(image.height()) + "\n255\n";
  for (int y = 0; y < image.height(); ++y) {
    const std::uint8_t* pixel = image.view().row(y);
    for (int x = 0; x < image.width(); ++x, pixel += 4) {
      for (const int c : {2, 1, 0}) text += static_cast<char>(pixel[c]);
    }
  }
  return text;
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) return 2;
  std::ifstream file(words[1], std::ios::binary);
  const std::string jpeg{std::istreambuf_iterator<char>(file), {}};
  const auto picture = decode_jpeg(jpeg);
  if (!picture) {
    std::fprintf(stderr, "sharpen_picture: %s: %s\n", words[1], picture.error().message.c_str());
    return 1;
  }
  const Image guess = sharpened(*picture, std::atof(words[4]), std::atoi(words[5]));
  std::ofstream(words[2], std::ios::binary) << ppm(enlarged(guess, std::atoi(words[3])));
  return 0;
}
