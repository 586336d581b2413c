#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "system/support/served_device.hpp"
#include "system/support/temp_folder.hpp"

namespace attache::system_test {
namespace {

constexpr int runs = 10;
constexpr int kills_a_run = 20;
constexpr unsigned tags = 4;

/// What is under one tag and type.
struct Entry {
  std::optional<std::string> content;  ///< Acknowledged with OK; nothing = deleted or never written.
  /// Sent, and not acknowledged when the device was killed: it may be there or not.
  std::optional<std::string> unanswered;
};

/// A device that is killed while a host writes credentials. It is the host's memory of what must be there.
class KilledDevice {
 public:
  explicit KilledDevice(unsigned seed) : random_(seed) {}

  /// Starts the device, checks what it kept, writes until the kill comes.
  void live_once() {
    ServedDevice device(port_, {"--state", folder_ / "state", "--log-level", "off"});
    auto host = device.connect_first();
    check_contents(host);
    for (int writes = pick(0, 3); writes > 0; --writes) {
      write_acknowledged(host);
    }
    if (pick(0, 3) > 0) {
      write_unanswered(host);
    }
    EXPECT_EQ(device.stop(SIGKILL), 128 + SIGKILL);
  }

 private:
  using Key = std::pair<unsigned, int>;

  int pick(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  Key pick_key() {
    constexpr std::array<int, 2> readable_types{0, 4};
    return {static_cast<unsigned>(pick(1, tags)), readable_types[static_cast<std::size_t>(pick(0, 1))]};
  }

  // A certificate in form, of lines, as long as a real one; a longer one the application could not read back.
  std::string make_content(int type) {
    std::string text(static_cast<std::size_t>(pick(1, type == 0 ? 2400 : 60)), ' ');
    for (char& c : text) {
      c = static_cast<char>(pick('A', 'Z'));
    }
    if (type != 0) {
      return text;
    }
    for (std::size_t i = 64; i < text.size(); i += 65) {
      text[i] = '\n';
    }
    return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----";
  }

  static std::string write_command(const Key& key, const std::string& content) {
    return fmt::format("AT%CMNG=0,{},{},\"{}\"\r\n", key.first, key.second, content);
  }

  void write_acknowledged(LineClient& host) {
    Key key = pick_key();
    std::string content = make_content(key.second);
    host.send(write_command(key, content));
    std::string answer = host.read_bytes(6);
    EXPECT_EQ(answer, "\r\nOK\r\n");
    entries_[key] = {content, std::nullopt};
  }

  // Sends all or a part of a command and gives the device a random moment to get somewhere with it.
  void write_unanswered(LineClient& host) {
    Key key = pick_key();
    std::string content = make_content(key.second);
    std::string command = write_command(key, content);
    bool whole = pick(0, 4) > 0;
    host.send(command.substr(0, whole ? command.size() : static_cast<std::size_t>(pick(0, 30))));
    std::string answer = host.read_for(std::chrono::microseconds(pick(0, 3000)));
    if (answer == "\r\nOK\r\n") {
      entries_[key] = {content, std::nullopt};
    } else if (whole) {
      entries_[key].unanswered = content;
    }
  }

  void check_contents(LineClient& host) {
    std::string expected_list;
    for (auto& [key, entry] : entries_) {
      std::optional<std::string> found = read(host, key);
      bool is_new = entry.unanswered && found == entry.unanswered;
      EXPECT_TRUE(found == entry.content || is_new) << "sec_tag " << key.first << " type " << key.second
                                                    << " is lost or torn: " << testing::PrintToString(found);
      entry = {found, std::nullopt};
      if (found) {
        expected_list +=
            fmt::format("%CMNG: {},{},\"{}\"\r\n", key.first, key.second, base::to_hex(base::sha256(*found)));
      }
    }
    std::string list = host.command("AT%CMNG=1");
    EXPECT_EQ(list, (expected_list.empty() ? "" : "\r\n" + expected_list) + "\r\nOK\r\n");
  }

  static std::optional<std::string> read(LineClient& host, const Key& key) {
    std::string answer = host.command(fmt::format("AT%CMNG=2,{},{}", key.first, key.second));
    std::string lead = fmt::format("\r\n%CMNG: {},{},\"", key.first, key.second);
    constexpr std::string_view tail = "\"\r\n\r\nOK\r\n";
    if (!answer.starts_with(lead) || !answer.ends_with(tail)) {
      return std::nullopt;
    }
    std::size_t begin = answer.find("\",\"") + 3;
    return answer.substr(begin, answer.size() - tail.size() - begin);
  }

  TempFolder folder_;
  std::string port_ = "unix:" + (folder_ / "modem");
  std::mt19937 random_;
  std::map<Key, Entry> entries_;
};

class StateUnderKill : public testing::TestWithParam<int> {};

TEST_P(StateUnderKill, LosesNoAcknowledgedCredentialAndTearsNone) {
  KilledDevice device(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kills_a_run && !HasFailure(); ++i) {
    device.live_once();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, StateUnderKill, testing::Range(1, runs + 1));

}  // namespace
}  // namespace attache::system_test
