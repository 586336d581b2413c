#include "services/tftp_client.hpp"

#include <gtest/gtest.h>

#include "base/event.hpp"
#include "services/service_run.hpp"
#include "support/forwarding_bearer.hpp"

namespace attache::services {
namespace {

namespace asio = boost::asio;

constexpr std::size_t block_size = 512;
constexpr std::size_t head_size = 4;
// Of the server: a file that does not end is not written on.
constexpr std::size_t room = 34UL * 1024 * 1024;

/// A network whose resolver answers when the test lets it.
class SlowNames final : public test_support::ForwardingBearer<net::MemoryBearer&> {
 public:
  using ForwardingBearer::ForwardingBearer;

  asio::awaitable<net::NetResult<std::vector<net::Address>>> resolve(std::string host,
                                                                     net::Family family) override {
    co_await answers.wait();
    auto addresses = co_await net().resolve(std::move(host), family);
    co_return addresses;
  }

  base::Event answers;
};

class TftpClientTest : public testing::Test {
 protected:
  TftpClientTest() {
    names.answers.set();
    run.bearer.add_name("files.test", net::Family::ipv4, asio::ip::make_address("192.0.2.9"));
    run.bearer.on_datagram(
        [this](net::Endpoint, std::string_view packet, const std::function<void(std::string_view)>& answer) {
          ++packets;
          serve(packet, answer);
        });
  }

  /// Acknowledges what is written, and gives the blocks of `file` to who reads.
  void serve(std::string_view packet, const std::function<void(std::string_view)>& answer) {
    enum Operation { read_request = 1, write_request, data, acknowledgement };
    switch (packet[1]) {
      case read_request:
        answer(block_of_file(0));
        break;
      case acknowledgement:
        given += given < file.size() ? block_size : file.size() + 1;
        if (given <= file.size()) {
          answer(block_of_file(given));
        }
        break;
      case write_request:
        answer(std::string("\0\4\0\0", head_size));
        break;
      case data:
        written += packet.substr(head_size);
        if (written.size() <= room) {
          answer(std::string("\0\4", 2).append(packet.substr(2, 2)));
        }
        break;
      default:
        FAIL() << "no packet of a client";
    }
  }
  [[nodiscard]] std::string block_of_file(std::size_t at) const {
    std::size_t number = at / block_size + 1;
    std::string block("\0\3", 2);
    block += static_cast<char>(number >> 8U & 0xFFU);
    block += static_cast<char>(number & 0xFFU);
    return block.append(file, at, block_size);
  }

  static TftpClient::Target target() { return {"files.test", 69, net::Family::ipv4, "f", "octet"}; }

  ServiceRun run;
  SlowNames names{run.bearer};
  TftpClient client{names, run.descriptors};
  std::size_t packets = 0;
  std::string file;
  std::size_t given = 0;
  std::string written;
};

// Each block with its own content; longer than 65,535 blocks.
std::string long_file() {
  constexpr std::size_t blocks = 65'540;
  std::string text;
  text.reserve((blocks + 1) * block_size);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::string number = std::to_string(block);
    text.append(number).append(block_size - number.size(), '.');
  }
  return text + "end";
}

TEST_F(TftpClientTest, WritesOnWhenTheNumbersOfBlocksBeginAgain) {
  std::string content = long_file();
  auto outcome = run.begin(client.write(target(), content));
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ(***outcome, content.size());
  EXPECT_TRUE(written == content);
}

TEST_F(TftpClientTest, ReadsOnWhenTheNumbersOfBlocksBeginAgain) {
  file = long_file();
  std::string read;
  auto outcome = run.begin(client.read(target(), [&](std::string_view bytes) { read += bytes; }));
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ(***outcome, file.size());
  EXPECT_TRUE(read == file);
}

TEST_F(TftpClientTest, EndsAFileOfWholeBlocksByAnEmptyOne) {
  file = std::string(2 * block_size, 'x');
  std::string read;
  auto outcome = run.begin(client.read(target(), [&](std::string_view bytes) { read += bytes; }));
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ(read, file);
  packets = 0;
  outcome = run.begin(client.write(target(), file));
  ASSERT_TRUE(*outcome && **outcome);
  EXPECT_EQ(written, file);
  EXPECT_EQ(packets, 4U) << "the request, two blocks, an empty one";
}

TEST_F(TftpClientTest, IsBusyWhileTheNameIsLookedUp) {
  names.answers.reset();
  auto first = run.begin(client.write(target(), "first"));
  EXPECT_TRUE(client.busy());
  auto second = run.begin(client.write(target(), "second"));
  ASSERT_TRUE(*second);
  ASSERT_FALSE(**second);
  EXPECT_EQ((*second)->error().failure.code, net::Errno::busy);
  names.answers.set();
  run.clock.settle();
  ASSERT_TRUE(*first && **first);
  EXPECT_EQ(written, "first");
  EXPECT_FALSE(client.busy());
}

TEST_F(TftpClientTest, IsClosedWhileTheNameIsLookedUp) {
  names.answers.reset();
  auto outcome = run.begin(client.write(target(), "data"));
  client.close();
  EXPECT_FALSE(client.busy());
  names.answers.set();
  run.clock.settle();
  ASSERT_TRUE(*outcome);
  ASSERT_FALSE(**outcome);
  EXPECT_EQ((*outcome)->error().failure.code, net::Errno::connection_aborted);
  EXPECT_EQ(packets, 0U);
  EXPECT_EQ(run.descriptors.in_use(), 0U);
}

TEST_F(TftpClientTest, LeavesTheNextTransferAloneWhenAClosedOneEnds) {
  run.bearer.on_datagram({});  // Nobody answers.
  auto closed = run.begin(client.write(target(), "data"));
  client.close();
  names.answers.reset();
  auto next = run.begin(client.write(target(), "data"));
  ASSERT_TRUE(*closed);
  EXPECT_TRUE(client.busy());
  EXPECT_FALSE(*next);
  client.close();
  names.answers.set();
  run.clock.settle();
  ASSERT_TRUE(*next);
}

}  // namespace
}  // namespace attache::services
