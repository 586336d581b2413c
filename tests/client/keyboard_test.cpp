#include "client/keyboard.hpp"

#include <unistd.h>

#include <array>

#include "client/conversation_fixture.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;

class Keyboard : public ConversationTest {
 protected:
  Keyboard() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Keyboard() override { ::close(ends_[0]); }

  /// All that is ever typed.
  void type(std::string_view text) {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends_[1]);
    asio::co_spawn(context, send_lines_of(ends_[0], conversation, {}), [this](std::exception_ptr error) {
      EXPECT_FALSE(error);
      ended = true;
    });
    clock.settle();
  }

  bool ended = false;

 private:
  std::array<int, 2> ends_{};
};

TEST_F(Keyboard, LinesOfAPipeWaitForTheResultOfTheOneBefore) {
  type("AT\nAT+CFUN?");
  EXPECT_EQ(sent(), "AT\r\n");
  modem("\r\nOK\r\n");
  EXPECT_EQ(sent(), "AT+CFUN?\r\n");
  modem("\r\n+CFUN: 0\r\n\r\nOK\r\n");
  clock.advance(499ms);
  EXPECT_FALSE(ended);
  clock.advance(1ms);
  EXPECT_TRUE(ended);
}

TEST_F(Keyboard, LinesInsideQuotesAreSentAtOnce) {
  type("AT%CMNG=0,1,0,\"a\r\nb\"\nAT\n");
  EXPECT_EQ(sent(), "AT%CMNG=0,1,0,\"a\r\nb\"\r\n");
}

TEST_F(Keyboard, EndsWhenTheModemHasGone) {
  type("AT\nAT\n");
  port.close();
  clock.settle();
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace attache::client
