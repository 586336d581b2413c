#include "trace/capture/line_capture.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace attache::trace {
namespace {

using Lines = std::vector<std::string>;

struct Heard {
  explicit Heard(bool from_host)
      : capture(from_host, [this](LineCapture::Piece piece) {
          lines.push_back(fmt::format("{}{}{}", piece.is_data ? "data " : "", piece.bytes,
                                      piece.left_out > 0 ? fmt::format("+{}", piece.left_out) : ""));
        }) {}
  Lines lines;
  LineCapture capture;
};

TEST(LineCapture, GivesALineWithItsEndHoweverItComes) {
  for (std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{100}}) {
    Heard host(true);
    std::string_view text = "AT\r\nAT+CFUN?\r\n";
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
      host.capture.hear(text.substr(0, piece), false, {});
    }
    EXPECT_EQ(host.lines, (Lines{"AT\r\n", "AT+CFUN?\r\n"}));
  }
}

TEST(LineCapture, KeepsTheLineEndBeforeAnAnswerWithIt) {
  Heard device(false);
  device.capture.hear("\r\n+CFUN: 0\r\n\r\nOK\r\n", false, {});
  EXPECT_EQ(device.lines, (Lines{"\r\n+CFUN: 0\r\n", "\r\nOK\r\n"}));
}

TEST(LineCapture, KnowsLinesThatEndWithCrAlone) {
  Heard host(true);
  host.capture.hear("AT\rAT+CFUN?\r", false, {});
  host.capture.flush();
  EXPECT_EQ(host.lines, (Lines{"AT\r", "AT+CFUN?\r"}));
}

TEST(LineCapture, MasksSecrets) {
  Heard host(true);
  host.capture.hear("AT+CPIN=\"1234\"\r\n", false, {});
  EXPECT_EQ(host.lines, (Lines{"AT+CPIN=\"****\"\r\n"}));
}

TEST(LineCapture, GivesDataAsItComesAndWhatStoodBeforeItFirst) {
  Heard host(true);
  host.capture.hear("AT+CFUN?", false, {});
  host.capture.hear("one", true, {});
  host.capture.hear(std::string(5000, 'x'), true, {});
  EXPECT_EQ(host.lines, (Lines{"AT+CFUN?", "data one", fmt::format("data {}", std::string(4096, 'x')),
                               fmt::format("data {}", std::string(904, 'x'))}));
}

TEST(LineCapture, ShowsOfALongAnswerItsBeginningAndALittleOfTheRest) {
  Heard device(false);
  std::string answer(80UL * 1024, 'x');
  device.capture.hear(answer, false, base::WallTime(std::chrono::seconds(10)));
  ASSERT_EQ(device.lines.size(), 17U);
  EXPECT_EQ(device.lines[15].size(), 4096U);
  EXPECT_EQ(device.lines[16], fmt::format("{}+{}", std::string(16, 'x'), 16 * 1024 - 16));
  device.capture.hear(std::string(4096, 'y'), false, base::WallTime(std::chrono::seconds(11)));
  EXPECT_EQ(device.lines.back(), std::string(4096, 'y'));
  device.capture.hear(answer, false, base::WallTime(std::chrono::seconds(11)));
  device.capture.begin_answer();
  device.capture.hear(std::string(4096, 'z'), false, base::WallTime(std::chrono::seconds(11)));
  EXPECT_EQ(device.lines.back(), std::string(4096, 'z'));
}

TEST(LineCapture, CutsALineWithoutEnd) {
  Heard device(false);
  device.capture.hear(std::string(5000, 'x'), false, {});
  EXPECT_EQ(device.lines, (Lines{std::string(4096, 'x')}));
  EXPECT_TRUE(device.capture.is_waiting());
}

}  // namespace
}  // namespace attache::trace
