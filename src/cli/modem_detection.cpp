#include "cli/modem_detection.hpp"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "client/question.hpp"
#include "doctor/diagnosis.hpp"

namespace attache::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_answer = 700ms;
constexpr std::array<std::string_view, 3> line_ends{"\r\n", "\r", "\n"};
constexpr std::array<std::uint32_t, 8> usual_rates{115200, 1000000, 921600, 460800,
                                                   230400, 57600,   38400,  9600};

// The first AT may end half a line of before; the second one in a row shows that nothing of a line end is
// left over.
asio::awaitable<bool> answers_twice(client::Conversation& conversation, std::string_view line_end) {
  constexpr int most_questions = 3;
  int in_a_row = 0;
  for (int i = 0; i < most_questions && in_a_row < 2; ++i) {
    client::Answer answer = co_await client::ask(conversation, "AT", line_end, longest_answer);
    if (answer.result.empty()) {
      co_return false;
    }
    in_a_row = answer.ok() ? in_a_row + 1 : 0;
  }
  co_return in_a_row == 2;
}

asio::awaitable<bool> find_line_end(client::Conversation& conversation, Detection& found) {
  for (std::string_view line_end : line_ends) {
    bool answers = co_await answers_twice(conversation, line_end);
    if (answers) {
      found.line_end = line_end;
      co_return true;
    }
  }
  co_return false;
}

// "#XSLMVER: "1.6.0","1.2.1"" → "slm-1.6"
std::string version_in(const client::Answer& answer, std::string_view command, std::string_view family) {
  std::string_view version = answer.value(command);
  std::size_t digits = version.find_first_of("0123456789");
  if (!answer.ok() || digits == std::string_view::npos) {
    return {};
  }
  return doctor::nearest_dialect(std::string(family) + std::string(version.substr(digits, 3)));
}

asio::awaitable<std::string> find_dialect(client::Conversation& conversation, std::string_view line_end) {
  client::Answer serial_lte_modem =
      co_await client::ask(conversation, "AT#XSLMVER", line_end, longest_answer);
  std::string dialect = version_in(serial_lte_modem, "#XSLMVER", "slm-");
  if (!dialect.empty()) {
    co_return dialect;
  }
  client::Answer serial_modem = co_await client::ask(conversation, "AT#XSMVER", line_end, longest_answer);
  co_return version_in(serial_modem, "#XSMVER", "serial-modem-");
}

}  // namespace

asio::awaitable<Detection> detect_modem(client::Conversation& conversation, bool tries_rates) {
  Detection found;
  found.baud = conversation.port().baud();
  std::vector<std::uint32_t> rates{found.baud};
  for (std::uint32_t rate : usual_rates) {
    if (tries_rates && rate != found.baud) {
      rates.push_back(rate);
    }
  }
  for (std::uint32_t rate : rates) {
    if (rate != conversation.port().baud() && !conversation.port().set_baud(rate)) {
      continue;
    }
    found.answers = co_await find_line_end(conversation, found);
    if (found.answers) {
      found.baud = rate;
      found.dialect = co_await find_dialect(conversation, found.line_end);
      co_return found;
    }
  }
  (void)conversation.port().set_baud(found.baud);
  co_return found;
}

}  // namespace attache::cli
