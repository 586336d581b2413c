#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/network_fixture.hpp"
#include "services/ftp_client.hpp"
#include "system/support/loopback.hpp"
#include "system/support/vsftpd.hpp"

namespace attache::system_test {
namespace {

namespace asio = boost::asio;
using services::FtpClient;

/// Checks bytes against a file while they come.
class FileChecker final : public services::FtpSink {
 public:
  explicit FileChecker(const std::string& path, std::size_t offset = 0) : file_(path, std::ios::binary) {
    file_.seekg(static_cast<std::streamoff>(offset));
  }
  asio::awaitable<void> take(std::string_view piece) override {
    std::string expected(piece.size(), '\0');
    file_.read(expected.data(), static_cast<std::streamsize>(expected.size()));
    same_ = same_ && expected == piece;
    size_ += piece.size();
    co_return;
  }
  [[nodiscard]] bool same() const { return same_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::ifstream file_;
  bool same_ = true;
  std::size_t size_ = 0;
};

/// Reads a file piece by piece.
class FileSource final : public services::FtpSource {
 public:
  explicit FileSource(const std::string& path) : file_(path, std::ios::binary), buffer_(64 * 1024, '\0') {}
  asio::awaitable<std::string_view> next() override {
    file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    co_return std::string_view(buffer_).substr(0, static_cast<std::size_t>(file_.gcount()));
  }

 private:
  std::ifstream file_;
  std::string buffer_;
};

/// The FTP client over the sockets of this machine against vsftpd.
class FtpService : public testing::Test, public services::FtpObserver {
 protected:
  void SetUp() override {
    if (!find_program("vsftpd")) {
      GTEST_SKIP() << "vsftpd is not installed";
    }
  }

  void open(const std::string& address, FtpClient::Options options = {}) {
    options.families = {net::Family::ipv6, net::Family::ipv4};
    Vsftpd::Options server;
    server.address = address;
    server_.emplace(*find_program("vsftpd"), server);
    client_ = std::make_unique<FtpClient>(network_.bearer(), descriptors_, network_.clock, network_.journal,
                                          *this, options);
    ASSERT_TRUE(run(client_->open({address, server_->port(), std::nullopt}, {"anonymous", "x"})));
    ASSERT_TRUE(run(client_->run({{"TYPE I", 200}})));
  }

  FtpClient::Outcome run(asio::awaitable<FtpClient::Outcome> work) {
    return net::run(network_.context, std::move(work));
  }

  // A file of random-looking bytes that the server has, put and got again.
  void transfer(std::size_t size) {
    std::string content(size, '\0');
    std::uint32_t state = 1;
    for (char& c : content) {
      state = state * 1664525 + 1013904223;
      c = static_cast<char>(state >> 24);
    }
    server_->write("source", content);
    content = {};
    FileSource source(server_->file("source"));
    ASSERT_TRUE(run(client_->upload("STOR copy", source)));
    EXPECT_EQ(std::filesystem::file_size(server_->file("copy")), size);
    FileChecker checker(server_->file("source"));
    ASSERT_TRUE(run(client_->download("RETR copy", checker)));
    EXPECT_TRUE(checker.same());
    EXPECT_EQ(checker.size(), size);
    FileChecker rest(server_->file("source"), size / 2);
    ASSERT_TRUE(run(client_->download("RETR copy", rest, size / 2)));
    EXPECT_TRUE(rest.same());
    EXPECT_EQ(rest.size(), size - size / 2);
    EXPECT_TRUE(run(client_->quit()));
  }

  void replied(std::string_view) override {}
  void lost(const net::Failure& failure) override { ADD_FAILURE() << base::summary(failure.reason); }

  net::DeviceNetwork<base::RealClock> network_;
  services::DescriptorTable descriptors_{8};
  std::optional<Vsftpd> server_;
  std::unique_ptr<FtpClient> client_;
};

TEST_F(FtpService, TransfersLargeFilesAndResumesThem) {
  const char* megabytes = std::getenv("ATTACHE_TRANSFER_MB");
  open("127.0.0.1");
  transfer((megabytes != nullptr ? std::strtoul(megabytes, nullptr, 10) : 2) * 1'000'000);
}

TEST_F(FtpService, WorksOverIpv6) {
  if (!has_ipv6_loopback()) {
    GTEST_SKIP() << "this machine has no ::1";
  }
  open("::1");
  transfer(200'000);
}

TEST_F(FtpService, WorksInActiveMode) {
  FtpClient::Options options;
  options.active = true;
  open("127.0.0.1", options);
  transfer(200'000);
}

}  // namespace
}  // namespace attache::system_test
